const consumed = Symbol("consumed as")

/** See {@link byChannel}. */
export interface ByChannel<out M> {
  readonly [consumed]: M | null
}
/** Where the page uploads to by itself. */
export interface ExternalUpload<out M> {
  /** Which of the `uploaders` that the page's LiveSocket was given, by any name but `channel`, which is the client's own. */
  readonly uploader: string
  /** What that one needs, such as signed URLs: it travels to the page as JSON. */
  readonly meta: M
}
/** Why the page may not upload: the entry's error is `refused`, with this reason. */
export interface ExternalRefused {
  readonly refused: unknown
}

/** The way that one file takes. */
export type UploadWay<M> = ByChannel<M> | ExternalUpload<M> | ExternalRefused

/**
 * The way of a file, among those of an upload that go elsewhere, that comes chunk by chunk into a temporary file: a small one, say.
 * @example external: (entry) => (entry.clientSize < 5_000_000 ? byChannel : { uploader: "S3", meta: presign(entry) })
 */
export const byChannel: ByChannel<{ readonly path: string }> = Object.freeze({ [consumed]: null })

/** What is wrong with a chosen file, or with all of them together. */
export interface UploadError {
  readonly code:
    | "too_large"
    | "too_many_files"
    /** Neither its name nor its type is accepted, or its bytes are not what they say. */
    | "not_accepted"
    /** It is a picture of more pixels than are allowed; its `width` and `height` are the `reason`. */
    | "too_many_pixels"
    /** `validate`, `external` or `plan` said why, in `reason`. */
    | "refused"
    /** The page could not send it; it says why, in `reason`. */
    | "external_client_failure"
    /** What it was written to failed; the error is the `reason`. */
    | "writer_failure"
  readonly reason?: unknown
}

/** A file that was chosen. What the page says of it, everything that begins with `client`, is anybody's guess. */
export interface UploadEntry {
  /** Names it in its page, for `cancelUpload`. */
  readonly ref: string
  /** Names it anywhere: for what it is stored as. */
  readonly uuid: string
  readonly uploadRef: string
  /** Without folders and without control characters. */
  readonly clientName: string
  readonly clientSize: number
  readonly clientType: string
  /** Where it lies in the folder that was chosen (`webkitdirectory`): never a path that leads out of it; empty for none. */
  readonly clientRelativePath: string
  /** Milliseconds since 1970. */
  readonly clientLastModified: number | null
  /** What a hook of the page had to say of it. */
  readonly clientMeta: unknown
  /** Percent. */
  readonly progress: number
  readonly preflighted: boolean
  /** All of it is there. */
  readonly done: boolean
  readonly valid: boolean
  readonly errors: readonly UploadError[]
}

/** One upload of a view or a component, as `render` and handlers see it. */
export interface Upload {
  readonly name: string
  /** The id of its input: `phx-drop-target="${upload.ref}"` makes an element take files that are dropped on it. */
  readonly ref: string
  readonly entries: readonly UploadEntry[]
  /** What is wrong with all of them together; each entry has errors of its own. */
  readonly errors: readonly UploadError[]
  /** As an input's `accept`; null for anything. */
  readonly accept: string | null
  readonly maxEntries: number
  readonly maxFileSize: number
  readonly autoUpload: boolean
}

import type { Awaitable, Duration } from "@bennu/core"
import type { UploadEntry } from "./upload.ts"
import type { UploadWay } from "./upload-way.ts"

/** What a file is written to, while it comes. */
export interface UploadWriter<out M> {
  /** Gets the file chunk by chunk: the next is asked for when this one is written. It is closed after the last, aborted when none will come. */
  readonly stream: WritableStream<Uint8Array>
  /** What `consumeUploadedEntries` gets to know about it. */
  readonly meta: M
  /** Called once, when nobody needs what was written any more: it was `consumed`, or it never will be. */
  release?(how: "consumed" | "dropped"): Awaitable<void>
}

/** What may be uploaded, and where it goes. */
export interface UploadOptions<in S = never, out M = unknown> {
  /** Extensions (`".jpg"`), media types (`"image/png"`) and kinds of them (`"image/*"`), or anything. */
  readonly accept: readonly string[] | "any"
  /** How many files (1). */
  readonly maxEntries?: number | undefined
  /** Whether those count that are chosen now (`"selected"`), or with them all that were consumed before (`"total"`). */
  readonly maxEntriesMode?: "selected" | "total" | undefined
  /** Bytes of one file (8,000,000). */
  readonly maxFileSize?: number | undefined
  /** Bytes that travel at once (64,000; 8,000,000 at most). */
  readonly chunkSize?: number | undefined
  /** How long one chunk may take to be sent and written (`"10s"`); a file of which nothing comes for ten times that is given up. */
  readonly chunkTimeout?: Duration | undefined
  /** Starts when a file is chosen, not when its form is submitted. */
  readonly autoUpload?: boolean | undefined
  /** Says what else is wrong with a file that was chosen, as the reason of its error; nothing when it is fine. */
  readonly validate?: ((entry: UploadEntry, scope: S) => unknown) | undefined
  /**
   * Looks at the first bytes, 512 if there are as many, before any is written; `false` looks at nothing. Where it is left out, they have
   * to be what `accept` and the file's name and type say, as far as that can be told.
   */
  readonly check?:
    | ((head: Uint8Array, entry: UploadEntry) => Awaitable<boolean>)
    | false
    | undefined
  /**
   * Width times height of a picture, and of each frame in it, where it is a PNG, JPEG, GIF or WebP by its bytes: what is small as a file
   * may take gigabytes of memory once it is decoded (50,000,000 where `accept` names a kind of pictures and `check` is not `false`, else
   * any). One that is larger, or does not say how large it is, is refused while it comes. `false` allows any.
   */
  readonly maxPixels?: number | false | undefined
  /** Where the bytes go, in place of a temporary file. */
  readonly writer?: ((entry: UploadEntry, scope: S) => Awaitable<UploadWriter<M>>) | undefined
  /** Lets the page upload elsewhere, or says which way each file takes. Progress of what goes elsewhere is what the page says it is. */
  readonly external?: ((entry: UploadEntry, scope: S) => Awaitable<UploadWay<M>>) | undefined
  /**
   * As `external`, asked once for all files that are sent together, so that one query or one call of a store does for them: never for more than
   * `maxEntries`, nor for those that are wrong already. It answers with a way for each, in their order.
   */
  readonly plan?:
    | ((entries: readonly UploadEntry[], scope: S) => Awaitable<readonly UploadWay<M>[]>)
    | undefined
}

/** What `allowUpload` takes: all but the size of chunks, which the socket was built for. */
export type AllowedUpload<S, M> = Omit<UploadOptions<S, M>, "chunkSize">

/** Uploads by their names. */
export type UploadsOf<S, U> = { readonly [K in keyof U]: UploadOptions<S, U[K]> }

/** What is known of an uploaded file: where it lies, or what its `writer` or its way said. */
export type UploadMeta<M> = unknown extends M ? { readonly path: string } : M

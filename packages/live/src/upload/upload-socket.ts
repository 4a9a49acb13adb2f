import type { Awaitable } from "@bennu/core"
import type { Upload, UploadEntry } from "./upload.ts"
import type { AllowedUpload, UploadMeta } from "./upload-options.ts"

/** What `render` gets of uploads, by their names. */
export type ShownUploads<U> = { readonly [K in keyof U]: Upload }

/** What a socket can do about uploads. */
export interface UploadSocket<S, U> {
  readonly uploads: ShownUploads<U>
  /**
   * Allows an upload with other options from now on, and under another ref.
   * @throws {UploadUsageError} while files are chosen.
   */
  allowUpload<K extends keyof U & string>(name: K, options: AllowedUpload<S, U[K]>): this
  /** Takes no more files. @throws {UploadUsageError} while files are chosen. */
  disallowUpload(name: keyof U & string): this
  /** Stops and forgets a file, whether it is on its way, has failed or is there. One that is gone already is no mistake. */
  cancelUpload(name: keyof U & string, ref: string): this
  /**
   * Takes the files that are there over: `consume` gets what is known of each, such as the `path` of a temporary file, and moves or copies
   * it. They are gone when all of them worked, and stay to be consumed again when one throws, or when the transaction around this
   * call is taken back; one for which a failed `Result` is returned stays alone.
   * @throws {UploadUsageError} while a file is still on its way.
   */
  consumeUploadedEntries<K extends keyof U & string, T>(
    name: K,
    consume: (meta: UploadMeta<U[K]>, entry: UploadEntry) => Awaitable<T>,
  ): Promise<T[]>
  /** As `consumeUploadedEntries`, for one of them: where progress is handled, say. */
  consumeUploadedEntry<K extends keyof U & string, T>(
    name: K,
    entry: UploadEntry,
    consume: (meta: UploadMeta<U[K]>) => Awaitable<T>,
  ): Promise<T>
}

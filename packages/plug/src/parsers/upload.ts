import { createReadStream } from "node:fs"
import { Readable } from "node:stream"

/**
 * A file that somebody sent. It lies on disk as long as the request is answered, and is removed then: move or copy
 * what you want to keep.
 */
export class Upload {
  /** What the sender calls it, without folders and control characters. Never make a path of it. */
  readonly filename: string
  /** What the sender says that it is. */
  readonly contentType: string
  /** In bytes. */
  readonly size: number
  /** Where it lies. */
  readonly path: string

  constructor(filename: string, contentType: string, size: number, path: string) {
    this.filename = filename
    this.contentType = contentType
    this.size = size
    this.path = path
  }

  stream(): ReadableStream<Uint8Array> {
    return Readable.toWeb(createReadStream(this.path)) as ReadableStream<Uint8Array>
  }
}

import { PayloadTooLargeError } from "../errors.ts"

const END = Buffer.from("\r\n\r\n")

/** Watches a multipart body go by, and refuses it when the headers of a part are too long, however they come. */
export class HeaderGuard {
  readonly #delimiter: Buffer
  readonly #limit: number
  #inHeader = false
  #size = 0
  // the first delimiter needs no line before it
  #kept: Buffer = Buffer.from("\r\n")

  constructor(boundary: string, limit: number) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, "latin1")
    this.#limit = limit
  }

  /** @throws {PayloadTooLargeError} */
  check(chunk: Uint8Array): void {
    const data = Buffer.concat([this.#kept, chunk])
    let at = 0
    for (;;) {
      const wanted = this.#inHeader ? END : this.#delimiter
      const found = data.indexOf(wanted, at)
      if (found === -1) {
        // the beginning of what is looked for may be the end of this chunk
        const rest = Math.max(at, data.length - wanted.length + 1)
        this.#count(rest - at)
        this.#kept = data.subarray(rest)
        return
      }
      this.#count(found - at)
      at = found + wanted.length
      this.#inHeader = !this.#inHeader
      this.#size = 0
      // the empty line before a delimiter may be the one that ended the header
      if (!this.#inHeader) at -= 2
    }
  }

  #count(bytes: number): void {
    if (!this.#inHeader) return
    this.#size += bytes
    if (this.#size > this.#limit)
      throw new PayloadTooLargeError(this.#limit, "bytes of headers in one part")
  }
}

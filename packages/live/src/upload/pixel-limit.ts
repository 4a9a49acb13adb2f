import { PassingBytes } from "./passing-bytes.ts"
import { pictures, type ReadPicture } from "./picture-headers.ts"
import { canBe } from "./signatures.ts"
import type { UploadError } from "./upload.ts"

// That of a WebP, the longest.
const SIGNATURE = 12

/**
 * Reads how many pixels a file says that it has, while it comes: what is small as a file may take gigabytes once it is decoded. What a file
 * is, its bytes say and not its name; in those that are no pictures of known formats nothing is looked for.
 */
export class PixelLimit {
  readonly #max: number
  readonly #bytes = new PassingBytes()
  #reading: ReturnType<ReadPicture> | "unknown" | "over" = "unknown"
  #found = false

  constructor(max: number) {
    this.#max = max
  }

  /** What is wrong, as far as the next bytes tell. */
  push(chunk: Uint8Array): UploadError | null {
    if (this.#reading === "over") return null
    this.#bytes.push(chunk)
    if (this.#reading === "unknown") this.#reading = this.#recognized()
    const wrong = typeof this.#reading === "string" ? null : this.#read(this.#reading)
    if (this.#reading === "over") this.#bytes.skip(Number.POSITIVE_INFINITY)
    this.#bytes.release()
    return wrong
  }

  #read(reading: ReturnType<ReadPicture>): UploadError | null {
    for (;;) {
      const { done, value } = reading.next()
      if (done) {
        this.#reading = "over"
        return value ? null : noPicture
      }
      if (value === null) return null
      const { width, height } = value
      if (width === 0 || height === 0) return noPicture
      if (width * height > this.#max) return { code: "too_many_pixels", reason: value }
      this.#found = true
    }
  }

  /** What is wrong with a file of which nothing more comes: a picture that never said how large it is. */
  end(): UploadError | null {
    return typeof this.#reading === "string" || this.#found ? null : noPicture
  }

  #recognized(): ReturnType<ReadPicture> | "unknown" | "over" {
    const head = this.#bytes.peek(SIGNATURE)
    for (const [type, read] of pictures) if (canBe(head, type, type)) return read(this.#bytes)
    return head.length < SIGNATURE ? "unknown" : "over"
  }
}

const noPicture: UploadError = Object.freeze({ code: "not_accepted" })

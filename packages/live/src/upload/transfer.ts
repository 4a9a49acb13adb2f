import type { Awaitable } from "@bennu/core"
import { UploadTimeoutError } from "../errors.ts"
import { fits } from "./accept.ts"
import type { DeclaredUpload } from "./declared-upload.ts"
import { PixelLimit } from "./pixel-limit.ts"
import type { UploadEntry, UploadError } from "./upload.ts"
import type { UploadWriter } from "./upload-options.ts"

/** What became of a chunk. */
export type Written =
  | { readonly ok: true; readonly complete: boolean }
  /** More came than was announced, or before it was asked for. */
  | { readonly ok: false; readonly error: null }
  | { readonly ok: false; readonly error: UploadError }

// Enough to tell any format by, and less than a chunk usually is.
const HEAD = 512

type Writer = WritableStreamDefaultWriter<Uint8Array>
interface Opened {
  readonly meta: unknown
  readonly writer: Writer
  readonly opened: UploadWriter<unknown>
}

export type Open = () => Awaitable<UploadWriter<unknown>>

/** One file on its way from its page to its writer. */
export class Transfer {
  readonly entry: UploadEntry
  readonly declared: DeclaredUpload
  /** Its channel, to be closed when nothing is wanted any more. */
  onEnd: () => void = () => {}
  #to: Opened | null = null
  /** The first bytes, until there are enough to look at. */
  #head: Uint8Array | null = new Uint8Array(0)
  /** Null where pictures may be of any size. */
  readonly #pixels: PixelLimit | null
  #received = 0
  #writing = false
  #complete = false
  #ending: Promise<void> | null = null
  /** Somebody is consuming it: it must not go away meanwhile. */
  #hold: Promise<unknown> | null = null
  consumed = false

  constructor(entry: UploadEntry, declared: DeclaredUpload) {
    this.entry = entry
    this.declared = declared
    this.#pixels = declared.maxPixels === null ? null : new PixelLimit(declared.maxPixels)
  }

  /** Whether all of it is written. */
  get complete(): boolean {
    return this.#complete
  }

  get received(): number {
    return this.#received
  }

  /** Percent; 100 only once all of it is written. */
  get percent(): number {
    if (this.#complete) return 100
    return Math.min(99, Math.floor((this.#received / this.entry.clientSize) * 100))
  }

  get meta(): unknown {
    return this.#to?.meta
  }

  /** @throws What the writer cannot be opened for. */
  async start(open: Open): Promise<void> {
    const opening = Promise.resolve().then(open)
    const opened = await this.#inTime(opening).catch((error: unknown) => {
      // it comes too late, and nobody will write to it
      opening.then((late) => discard(late.stream.getWriter(), late)).catch(() => {})
      throw error
    })
    const { stream, meta } = opened
    this.#to = { opened, meta, writer: stream.getWriter() }
    // a writer that fails between two chunks is found out by the next
    this.#to.writer.closed.catch(() => {})
    if (this.#ending) this.#ending = this.#end()
  }

  /** Writes the next bytes; the page sends more once it is answered. */
  async write(bytes: Uint8Array): Promise<Written> {
    const size = this.#received + bytes.length
    if (!this.#to || this.#writing || this.#complete || this.#ending || bytes.length === 0)
      return refused
    if (size > this.entry.clientSize) return refused
    this.#writing = true
    this.#received = size
    try {
      const checked = await this.#checked(bytes, size)
      if (checked === "refused") return { ok: false, error: { code: "not_accepted" } }
      const wrong = this.#pixels?.push(bytes) ?? null
      if (wrong) return { ok: false, error: wrong }
      if (checked) await this.#inTime(this.#to.writer.write(checked))
      if (size < this.entry.clientSize) return { ok: true, complete: false }
      const missing = this.#pixels?.end() ?? null
      if (missing) return { ok: false, error: missing }
      await this.#inTime(this.#to.writer.close())
      this.#complete = true
      return { ok: true, complete: true }
    } catch (reason) {
      return { ok: false, error: { code: "writer_failure", reason } }
    } finally {
      this.#writing = false
    }
  }

  /** Keeps it from going away until `work` is done. */
  async hold<T>(work: () => Awaitable<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#hold = promise
    try {
      return await work()
    } finally {
      resolve()
    }
  }

  /** Nobody needs it any more. What was written is kept or not, as its writer says. */
  end(): Promise<void> {
    this.#ending ??= this.#end()
    return this.#ending
  }

  async #end(): Promise<void> {
    this.onEnd()
    await this.#hold
    if (!this.#to) return
    const { writer, opened } = this.#to
    if (!this.#complete) await this.#inTime(writer.abort()).catch(() => {})
    await opened.release?.(this.consumed ? "consumed" : "dropped")
  }

  /** What may be written now, which is nothing as long as too little is there to look at. */
  async #checked(bytes: Uint8Array, size: number): Promise<Uint8Array | null | "refused"> {
    if (this.#head === null) return bytes
    const head = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes])
    this.#head = head
    if (head.length < HEAD && size < this.entry.clientSize) return null
    this.#head = null
    return (await this.#isAccepted(head.subarray(0, HEAD))) ? head : "refused"
  }

  #isAccepted(head: Uint8Array): Awaitable<boolean> {
    const { check, accept } = this.declared
    if (check === false) return true
    return check ? check(head, this.entry) : fits(accept, this.entry, head)
  }

  /** The page gives a chunk up that is not answered in time: what takes longer has failed. */
  #inTime<T>(work: Promise<T>): Promise<T> {
    const { chunkTimeout } = this.declared
    return new Promise((resolve, reject) => {
      const late = () => reject(new UploadTimeoutError(chunkTimeout))
      const timer = setTimeout(late, chunkTimeout)
      work.then(resolve, reject).finally(() => clearTimeout(timer))
    })
  }
}

async function discard(writer: Writer, opened: UploadWriter<unknown>): Promise<void> {
  await writer.abort().catch(() => {})
  await opened.release?.("dropped")
}

const refused: Written = { ok: false, error: null }

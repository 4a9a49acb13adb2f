import type { Transfer } from "../upload/transfer.ts"
import type { ViewUploads } from "../upload/view-uploads.ts"
import { isRecord } from "../view/client-message.ts"
import { TestViewError } from "./errors.ts"

/** A file to choose. What a page says of it can be a lie. */
export interface TestFile {
  readonly name: string
  readonly content: string | Uint8Array
  /** Its media type (none). */
  readonly type?: string | undefined
  /** How many bytes it says that it has (as many as it has). */
  readonly size?: number | undefined
  readonly lastModified?: number | undefined
  /** Where it lies in a folder that was chosen. */
  readonly relativePath?: string | undefined
  /** What a hook says of it. */
  readonly meta?: unknown
}

/** A file that was chosen, and is sent as the test says. */
export interface TestUpload {
  /** As in its entry. */
  readonly ref: string
  /** What `external` or `plan` told the page; null for what comes chunk by chunk, and before the page asked. */
  readonly meta: Readonly<Record<string, unknown>> | null
  /**
   * Sends it, chunk by chunk, until so many percent of it are there (100). A form that is submitted sends what is missing by itself.
   * @throws {TestViewError} when it may not be sent.
   */
  send(percent?: number): Promise<void>
  /** Tells the view that the page could not send it. */
  fail(reason?: string): Promise<void>
  /** Sends no more of it, as a page that is closed. */
  stop(): Promise<void>
}

/** A page, as a file in it needs it. */
export interface UploadPage {
  readonly files: ViewUploads
  ask(event: string, payload: object): Promise<Readonly<Record<string, unknown>>>
  settled(): Promise<void>
}

/** What the page was told of files that it may send. */
export interface Granted {
  readonly chunkSize: number
  /** A token, or what its way gave. */
  readonly pass: unknown
}

/** One file of a page that was chosen. */
export class ChosenFile implements TestUpload {
  readonly ref: string
  readonly #page: UploadPage
  readonly #input: { readonly ref: string; readonly cid?: number }
  readonly #file: TestFile
  readonly #bytes: Uint8Array
  #granted: Granted | null = null
  #transfer: Transfer | null = null
  #sent = 0
  #told = -1

  constructor(
    page: UploadPage,
    input: { readonly ref: string; readonly cid?: number },
    ref: string,
    file: TestFile,
  ) {
    this.#page = page
    this.#input = input
    this.ref = ref
    this.#file = file
    this.#bytes = Buffer.from(file.content)
  }

  get uploadRef(): string {
    return this.#input.ref
  }

  get meta(): Readonly<Record<string, unknown>> | null {
    const pass = this.#granted?.pass
    return isRecord(pass) ? pass : null
  }

  get granted(): boolean {
    return this.#granted !== null
  }

  /** As the page tells of it. */
  entry(): object {
    const { name, type = "", size, lastModified = 0, relativePath = "", meta } = this.#file
    return {
      ...{ ref: this.ref, name, type, size: size ?? this.#bytes.length },
      ...{ last_modified: lastModified, relative_path: relativePath, meta },
    }
  }

  grant(granted: Granted): void {
    this.#granted = granted
  }

  async send(percent = 100): Promise<void> {
    if (!this.#granted) {
      throw new TestViewError(`"${this.#file.name}" may not be sent`, {
        hint: "Submit its form, unless the upload is autoUpload. Does its entry have errors?",
      })
    }
    if (this.meta) return this.#tell(percent)
    const end = Math.ceil((this.#bytes.length * percent) / 100)
    while (this.#sent < end) if (!(await this.#sendChunk(this.#granted.chunkSize))) return
  }

  async fail(reason = "failed"): Promise<void> {
    await this.stop()
    await this.#progress({ error: reason })
  }

  async stop(): Promise<void> {
    if (this.#transfer) this.#page.files.left(this.#transfer)
    await this.#page.settled()
  }

  /** @returns Whether it was taken. */
  async #sendChunk(size: number): Promise<boolean> {
    const transfer = this.#transfer ?? (await this.#begin())
    this.#transfer = transfer
    const chunk = this.#bytes.subarray(this.#sent, this.#sent + size)
    const written = await transfer.write(chunk)
    if (!written.ok && written.error) this.#page.files.fail(transfer, written.error)
    if (!written.ok) {
      if (!written.error) await this.fail("file_size_limit_exceeded")
      await this.stop()
      return false
    }
    this.#sent += chunk.length
    await this.#tell(Math.floor((this.#sent / this.#bytes.length) * 100))
    return true
  }

  async #begin(): Promise<Transfer> {
    const begun = await this.#page.files.begin(this.#input.ref, this.ref)
    if (typeof begun !== "string") return begun
    throw new TestViewError(`"${this.#file.name}" was refused: ${begun}`)
  }

  /** Each percent once, as the client does. */
  async #tell(percent: number): Promise<void> {
    if (percent <= this.#told) return
    this.#told = percent
    await this.#progress(percent)
  }

  async #progress(progress: unknown): Promise<void> {
    await this.#page.ask("progress", { event: null, entry_ref: this.ref, progress, ...this.#input })
  }
}

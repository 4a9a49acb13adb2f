import type { Connection, QueryArrayResult, Submittable } from "pg"
import type { Copying } from "../driver.ts"

type Result = QueryArrayResult<(string | null)[]>

/** COPY, as node-postgres lets others talk its protocol: it calls these methods with what the server says. */
export class PgCopy implements Submittable {
  readonly #text: string
  readonly #copy: Copying
  readonly #done = Promise.withResolvers<Result>()
  #chunks: Uint8Array[] = []
  #handing: Promise<void> | undefined
  #count = 0

  constructor(text: string, copy: Copying) {
    this.#text = text
    this.#copy = copy
  }

  get done(): Promise<Result> {
    return this.#done.promise
  }

  submit(connection: Connection): void {
    connection.query(this.#text)
  }

  handleCopyInResponse(connection: CopyConnection): void {
    if ("from" in this.#copy) {
      connection.sendCopyFromChunk(this.#copy.from)
      connection.endCopyFrom()
    } else connection.sendCopyFail("nothing to copy in")
  }

  /** A row, or a piece of one. What comes together is handed on together, and the socket waits meanwhile. */
  handleCopyData({ chunk }: { readonly chunk: Uint8Array }, connection: CopyConnection): void {
    // the parser uses its buffer again
    this.#chunks.push(Buffer.from(chunk))
    this.#handing ??= this.#handOn(connection)
  }

  async #handOn({ stream }: CopyConnection): Promise<void> {
    stream.pause()
    // the rest of what the socket has read already comes before this goes on
    await null
    while (this.#chunks.length > 0) {
      const chunk = Buffer.concat(this.#chunks)
      this.#chunks = []
      if ("to" in this.#copy) await this.#copy.to(chunk)
    }
    this.#handing = undefined
    stream.resume()
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#count = Number(text.split(" ").at(-1))
  }

  handleReadyForQuery(): void {
    const result = {
      command: "COPY",
      rowCount: this.#count,
      oid: 0,
      fields: [],
      rows: [],
    } satisfies Result
    Promise.resolve(this.#handing).then(() => this.#done.resolve(result), this.#done.reject)
  }

  handleError(error: Error): void {
    this.#done.reject(error)
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
}

/** What of node-postgres's connection its types do not tell; `pg-copy-streams` is built on the same. */
interface CopyConnection {
  readonly stream: { pause(): void; resume(): void }
  sendCopyFromChunk(chunk: Uint8Array): void
  endCopyFrom(): void
  sendCopyFail(message: string): void
}

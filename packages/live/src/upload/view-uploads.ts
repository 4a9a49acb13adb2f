import { type Awaitable, whenCommitted } from "@bennu/core"
import { UploadUsageError } from "../errors.ts"
import { uploadEnded, uploadFailed } from "../telemetry.ts"
import type { TemporaryFolder } from "./temporary-folder.ts"
import { type Open, Transfer } from "./transfer.ts"
import type { UploadEntry, UploadError } from "./upload.ts"
import type { UploadState } from "./upload-state.ts"

/** What uploads need of their view. */
export interface UploadView {
  /** For telemetry. */
  readonly name: string
  readonly scope: unknown
  /** Where files are put that no writer is declared for. */
  readonly folder: TemporaryFolder
  /** The upload of this ref, the view's or that of a component in it. */
  find(ref: string): UploadState | undefined
  /** Changes an upload, in line with the view's other messages, and tells the page. */
  change(ref: string, change: (state: UploadState) => UploadState): void
}

/** What takes a file over: `meta` is what its writer or its way told. */
// a consumer is declared with the meta of its upload, which is what it is called with
export type Consume<T> = (meta: never, entry: UploadEntry) => Awaitable<T>

/** Why a file may not come, as its page is told. */
export type BeginRefused = "disallowed" | "already_registered" | "writer_error"

const keyOf = ({ uploadRef, ref }: Pick<UploadEntry, "uploadRef" | "ref">) => `${uploadRef} ${ref}`

/** The files of one view that are on their way or there. The state says which are wanted; what it lets go of ends here. */
export class ViewUploads {
  readonly #view: UploadView
  readonly #transfers = new Map<string, Transfer>()
  /** Those that are being consumed, or were and are still shown. */
  readonly #taken = new Set<string>()
  readonly #ending = new Set<Promise<void>>()
  #over = false

  constructor(view: UploadView) {
    this.#view = view
  }

  /** A page that was told it may begins to send a file. */
  async begin(uploadRef: string, ref: string): Promise<Transfer | BeginRefused> {
    const state = this.#view.find(uploadRef)
    const entry = state?.entries.get(ref)
    if (!state || !entry?.preflighted || !entry.valid || this.#over) return "disallowed"
    // the token is of a file that was chosen under this ref before: this one goes elsewhere
    if (state.metas.has(ref)) return "disallowed"
    const key = keyOf(entry)
    if (this.#transfers.has(key) || entry.done) return "already_registered"
    const { declared } = state
    const transfer = new Transfer(entry, declared)
    this.#transfers.set(key, transfer)
    const open: Open = () => declared.writer?.(entry, this.#view.scope) ?? this.#view.folder.file()
    try {
      await transfer.start(open)
      return transfer
    } catch (reason) {
      this.fail(transfer, { code: "writer_failure", reason })
      return "writer_error"
    }
  }

  /** The page sends no more of a file: it is forgotten, unless all of it is there. */
  left(transfer: Transfer): void {
    const { uploadRef, ref } = transfer.entry
    if (transfer.complete || !this.#transfers.has(keyOf(transfer.entry))) return
    this.#drop(transfer)
    this.#view.change(uploadRef, (state) => state.without([ref]))
  }

  /** The page begins anew with a file of which nothing has come. */
  again(transfer: Transfer): void {
    if (this.#transfers.has(keyOf(transfer.entry))) this.#drop(transfer)
  }

  /** How much of a file is there, whatever the page says; null for one that does not come by here. */
  percentOf(entry: UploadEntry): number | null {
    return this.#transfers.get(keyOf(entry))?.percent ?? null
  }

  /** Ends what the state has let go of. */
  reconcile(): void {
    for (const transfer of this.#transfers.values()) {
      const { uploadRef, ref, uuid } = transfer.entry
      const entry = this.#view.find(uploadRef)?.entries.get(ref)
      if (entry?.uuid !== uuid || !entry.valid) this.#drop(transfer)
    }
  }

  /**
   * Hands what is known of each file to `consume`, see {@link UploadSocket.consumeUploadedEntries}.
   * @param only One of them.
   */
  async consume<T>(upload: UploadState, consume: Consume<T>, only?: UploadEntry): Promise<T[]> {
    const wanted = only ? [only] : upload.shown.entries.filter(({ valid }) => valid)
    const entries = wanted.filter((entry) => !this.#taken.has(keyOf(entry)))
    const { name } = upload.declared
    if (entries.some(({ ref }) => !upload.entries.get(ref)?.done)) {
      const hint = "Consume files where their form is submitted, or those whose entry is done."
      throw new UploadUsageError(`a file of the upload "${name}" is still on its way`, hint)
    }
    for (const entry of entries) this.#taken.add(keyOf(entry))
    const kept = new Set(entries)
    try {
      const results: T[] = []
      for (const entry of entries) {
        const result = await this.#consumeOne(upload, entry, consume)
        results.push(result)
        if (!isRefused(result)) kept.delete(entry)
      }
      const used = entries.filter((entry) => !kept.has(entry))
      const release = () => {
        for (const entry of used) this.#taken.delete(keyOf(entry))
      }
      if (used.length > 0) whenCommitted(() => this.#consumed(upload.ref, used), release)
      return results
    } catch (error) {
      for (const entry of entries) kept.add(entry)
      throw error
    } finally {
      for (const entry of kept) this.#taken.delete(keyOf(entry))
    }
  }

  /** Nothing comes any more, and nothing is needed. Resolves when nothing is left of it. */
  async close(): Promise<void> {
    this.#over = true
    for (const transfer of this.#transfers.values()) this.#drop(transfer)
    await Promise.all(this.#ending)
  }

  #consumeOne<T>({ metas }: UploadState, entry: UploadEntry, consume: Consume<T>): Awaitable<T> {
    const transfer = this.#transfers.get(keyOf(entry))
    if (!transfer) return consume(metas.get(entry.ref) as never, entry)
    return transfer.hold(() => consume(transfer.meta as never, entry))
  }

  #consumed(uploadRef: string, entries: readonly UploadEntry[]): void {
    for (const entry of entries) {
      const transfer = this.#transfers.get(keyOf(entry))
      if (transfer) transfer.consumed = true
    }
    this.#view.change(uploadRef, (state) => {
      for (const entry of entries) this.#taken.delete(keyOf(entry))
      return state.without(
        entries.map(({ ref }) => ref),
        true,
      )
    })
  }

  /** A file cannot be taken: its page is told what is wrong with it. */
  fail(transfer: Transfer, error: UploadError): void {
    const { uploadRef, ref } = transfer.entry
    const { name: view } = this.#view
    const { name: upload } = transfer.declared
    uploadFailed.emit(() => ({ view, upload, error }))
    this.#drop(transfer)
    this.#view.change(uploadRef, (state) => state.fail(ref, error))
  }

  #drop(transfer: Transfer): void {
    this.#transfers.delete(keyOf(transfer.entry))
    const { name: view } = this.#view
    const { declared, received: bytes, consumed, complete } = transfer
    const ending = transfer
      .end()
      .catch((error: unknown) => {
        const failed: UploadError = { code: "writer_failure", reason: error }
        uploadFailed.emit(() => ({ view, upload: declared.name, error: failed }))
      })
      .finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
    uploadEnded.emit(() => ({ view, upload: declared.name, bytes, complete, consumed }))
  }
}

/** Hands one file to `consume`. @throws {UploadUsageError} for one that is not there, or not any more. */
export async function consumeOne<T>(
  uploads: ViewUploads | undefined,
  state: UploadState,
  entry: UploadEntry,
  consume: Consume<T>,
): Promise<T> {
  const results = (await uploads?.consume(state, consume, entry)) ?? []
  if (results.length > 0) return results[0] as T // there is one result for each file
  const hint = "Consume it once: where its progress is handled, or where its form is submitted."
  throw new UploadUsageError(`the file "${entry.clientName}" is consumed already`, hint)
}

/** A `Result` that failed: who consumed the file could not take it yet. */
const isRefused = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  "ok" in value &&
  value.ok === false &&
  Object.hasOwn(value, "error")

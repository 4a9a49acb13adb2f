import { randomUUID } from "node:crypto"
import { randomToken } from "@bennu/core/crypto"
import { accepts } from "./accept.ts"
import type { ClientEntry } from "./client-entries.ts"
import type { DeclaredUpload } from "./declared-upload.ts"
import type { Upload, UploadEntry, UploadError } from "./upload.ts"

/** By their refs, in the order in which they were chosen. */
type Entries = ReadonlyMap<string, UploadEntry>

/** What is kept of files beyond those that are allowed, so that the page can show which it is about. */
const EXCESS = 100

const tooMany: readonly UploadError[] = Object.freeze([{ code: "too_many_files" }])
const none: readonly UploadError[] = Object.freeze([])

/** One upload of a view or a component between two callbacks. It is never changed. */
export class UploadState {
  readonly ref: string
  readonly declared: DeclaredUpload
  readonly allowed: boolean
  readonly entries: Entries
  /** Of those that go elsewhere: what the page was told, by their refs. */
  readonly metas: ReadonlyMap<string, unknown>
  /** How many were consumed, where those count. */
  readonly #consumed: number
  #shown: Upload | null = null

  private constructor(
    of: Pick<UploadState, "ref" | "declared" | "allowed" | "entries" | "metas">,
    consumed: number,
  ) {
    this.ref = of.ref
    this.declared = of.declared
    this.allowed = of.allowed
    this.entries = of.entries
    this.metas = of.metas
    this.#consumed = consumed
  }

  /** Under a ref of its own: what was given out for another is worth nothing. */
  static empty(declared: DeclaredUpload, allowed = true): UploadState {
    const nothing = { entries: new Map(), metas: new Map() }
    return new UploadState({ ref: `phx-${randomToken()}`, declared, allowed, ...nothing }, 0)
  }

  #with(
    change: Partial<Pick<UploadState, "entries" | "metas">>,
    consumed = this.#consumed,
  ): UploadState {
    const { ref, declared, allowed, entries, metas } = this
    return new UploadState({ ref, declared, allowed, entries, metas, ...change }, consumed)
  }

  get #count(): number {
    return this.entries.size + this.#consumed
  }

  /** Takes in what the page says that was chosen; it knows of some already. */
  choose(chosen: readonly ClientEntry[], scope: unknown): UploadState {
    const fresh = this.allowed ? chosen.filter(({ ref }) => !this.entries.has(ref)) : []
    if (fresh.length === 0) return this
    const { maxEntries } = this.declared
    // one file in place of the one before
    const replaces = maxEntries === 1 && this.entries.size === 1 && fresh.length === 1
    const entries = new Map(replaces ? [] : this.entries)
    for (const entry of fresh) {
      if (entries.size >= maxEntries + EXCESS) break
      entries.set(entry.ref, this.#entry(entry, scope))
    }
    return this.#with({ entries })
  }

  #entry(
    { ref, name, size, type, relativePath, lastModified, meta }: ClientEntry,
    scope: unknown,
  ): UploadEntry {
    const { accept, maxFileSize, validate } = this.declared
    const entry = {
      ...{ ref, uuid: randomUUID(), uploadRef: this.ref, clientName: name, clientSize: size },
      ...{ clientType: type, clientRelativePath: relativePath, clientLastModified: lastModified },
      ...{
        clientMeta: meta,
        progress: 0,
        preflighted: false,
        done: false,
        valid: true,
        errors: none,
      },
    }
    if (size > maxFileSize) return invalid(entry, { code: "too_large" })
    if (!accepts(accept, entry)) return invalid(entry, { code: "not_accepted" })
    const reason = validate?.(entry, scope) ?? null
    return reason === null ? Object.freeze(entry) : invalid(entry, { code: "refused", reason })
  }

  /** Lets files come: as many of those that are asked for as are valid and may. */
  preflight(refs: ReadonlySet<string>): {
    readonly state: UploadState
    readonly granted: readonly UploadEntry[]
  } {
    const { maxEntries } = this.declared
    let room = maxEntries - this.#consumed
    const granted: UploadEntry[] = []
    const entries = new Map(this.entries)
    for (const { preflighted } of entries.values()) if (preflighted) room--
    for (const entry of this.entries.values()) {
      const { ref, valid, preflighted } = entry
      if (room <= 0 || !valid || preflighted || !refs.has(ref)) continue
      room--
      const changed = Object.freeze({ ...entry, preflighted: true })
      entries.set(ref, changed)
      granted.push(changed)
    }
    return granted.length > 0
      ? { state: this.#with({ entries }), granted }
      : { state: this, granted }
  }

  withMeta(ref: string, meta: unknown): UploadState {
    return this.#with({ metas: new Map(this.metas).set(ref, meta) })
  }

  /** How much has come of all that may: percent, 100 only when all files are there. */
  get percent(): number {
    let count = 0
    let sum = 0
    for (const { preflighted, valid, progress } of this.entries.values()) {
      if (!preflighted || !valid) continue
      count++
      sum += progress
    }
    return count === 0 ? 100 : Math.floor(sum / count)
  }

  /** @param percent 100 for a file that is there. */
  progress(ref: string, percent: number): UploadState {
    const entry = this.entries.get(ref)
    if (!entry || entry.done || percent < entry.progress) return this
    return this.#set({ ...entry, progress: percent, done: percent === 100 })
  }

  fail(ref: string, error: UploadError): UploadState {
    const entry = this.entries.get(ref)
    // what is wrong with it is known
    return !entry || entry.errors.length > 0 ? this : this.#set(invalid(entry, error))
  }

  #set(entry: UploadEntry): UploadState {
    return this.#with({ entries: new Map(this.entries).set(entry.ref, Object.freeze(entry)) })
  }

  /** @param consumed They were, rather than cancelled. */
  without(refs: Iterable<string>, consumed = false): UploadState {
    const entries = new Map(this.entries)
    const metas = new Map(this.metas)
    for (const ref of refs) {
      entries.delete(ref)
      metas.delete(ref)
    }
    const gone = this.entries.size - entries.size
    if (gone === 0) return this
    return this.#with(
      { entries, metas },
      this.#consumed + (consumed && this.declared.mode === "total" ? gone : 0),
    )
  }

  /** What is wrong, by the ref of the file or of the upload, as the page is told. */
  get errors(): readonly (readonly [ref: string, code: string])[] {
    const { ref, errors, entries } = this.shown
    return [
      ...errors.map(({ code }) => [ref, code] as const),
      ...entries.flatMap((entry) => entry.errors.map(({ code }) => [entry.ref, code] as const)),
    ]
  }

  get shown(): Upload {
    const { name, accept, maxEntries, maxFileSize, autoUpload } = this.declared
    this.#shown ??= Object.freeze({
      ...{
        name,
        ref: this.ref,
        accept: accept?.attribute ?? null,
        maxEntries,
        maxFileSize,
        autoUpload,
      },
      entries: Object.freeze([...this.entries.values()]),
      errors: this.#count > maxEntries ? tooMany : none,
    })
    return this.#shown
  }
}

const invalid = (entry: UploadEntry, error: UploadError): UploadEntry =>
  Object.freeze({ ...entry, valid: false, errors: Object.freeze([error]) })

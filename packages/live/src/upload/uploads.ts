import { UploadUsageError } from "../errors.ts"
import type { ClientEntry } from "./client-entries.ts"
import { type DeclaredUploads, declaredUpload } from "./declared-upload.ts"
import type { Upload } from "./upload.ts"
import type { AllowedUpload } from "./upload-options.ts"
import { UploadState } from "./upload-state.ts"

/** The uploads of a view or a component, between two callbacks. Each change gives new ones. */
export class Uploads {
  readonly #states: ReadonlyMap<string, UploadState>
  #shown: Readonly<Record<string, Upload>> | null = null

  private constructor(states: ReadonlyMap<string, UploadState>) {
    this.#states = states
  }

  /** What nothing was declared for. */
  static readonly none: Uploads = new Uploads(new Map())

  static of(declared: DeclaredUploads): Uploads {
    if (declared.size === 0) return Uploads.none
    return new Uploads(
      new Map([...declared].map(([name, upload]) => [name, UploadState.empty(upload)])),
    )
  }

  /** @throws {UploadUsageError} for one that was not declared. */
  at(name: string): UploadState {
    const state = this.#states.get(name)
    if (state) return state
    const all = [...this.#states.keys()].map((one) => `"${one}"`).join(", ") || "none"
    throw new UploadUsageError(
      `there is no upload "${name}"`,
      `Declare it in uploads; there are ${all}.`,
    )
  }

  byRef(ref: unknown): UploadState | undefined {
    for (const state of this.#states.values()) if (state.ref === ref) return state
    return undefined
  }

  /** Changes the one that has this ref; nothing happens where none has. */
  change(ref: string, change: (state: UploadState) => UploadState): Uploads {
    const before = this.byRef(ref)
    return before ? this.#with(before, change(before)) : this
  }

  /** Takes in what the page says that was chosen, by the refs of uploads. */
  choose(chosen: ReadonlyMap<string, readonly ClientEntry[]>, scope: unknown): Uploads {
    let uploads: Uploads = this
    for (const [ref, entries] of chosen)
      uploads = uploads.change(ref, (state) => state.choose(entries, scope))
    return uploads
  }

  allow(name: string, options: AllowedUpload<never, unknown>): Uploads {
    const before = this.#idle(name)
    const { chunkSize } = before.declared
    return this.#with(before, UploadState.empty(declaredUpload(name, { ...options, chunkSize })))
  }

  disallow(name: string): Uploads {
    const before = this.#idle(name)
    return this.#with(before, UploadState.empty(before.declared, false))
  }

  cancel(name: string, ref: string): Uploads {
    return this.change(this.at(name).ref, (state) => state.without([ref]))
  }

  get shown(): Readonly<Record<string, Upload>> {
    this.#shown ??= Object.freeze(
      Object.fromEntries([...this.#states].map(([name, { shown }]) => [name, shown])),
    )
    return this.#shown
  }

  #with(before: UploadState, after: UploadState): Uploads {
    return before === after
      ? this
      : new Uploads(new Map(this.#states).set(after.declared.name, after))
  }

  #idle(name: string): UploadState {
    const state = this.at(name)
    if (state.entries.size === 0) return state
    const hint = "Consume or cancel them first."
    throw new UploadUsageError(`files are chosen for the upload "${name}"`, hint)
  }
}

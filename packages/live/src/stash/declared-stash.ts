import { err, ok, type Result, type StandardSchemaV1, validate } from "@bennu/core"
import { DefinitionError } from "../errors.ts"
import { isRecord } from "../view/client-message.ts"
import type { Assigns } from "../view/defined-view.ts"

/** A stash as a definition says it, with the types of its view forgotten. */
export interface ErasedStash {
  /** Of a component's. */
  readonly name?: string | undefined
  readonly keys: Readonly<Record<string, StandardSchemaV1 | undefined>>
  readonly version?: number | undefined
  readonly migrate?: ((old: Assigns, version: number) => unknown) | undefined
  readonly checkpoints?: Readonly<Record<string, true | undefined>> | undefined
}

/** What a view keeps, and how it takes it back. */
export class DeclaredStash {
  /** Empty for a view's. */
  readonly name: string
  readonly version: number
  readonly checkpoints: ReadonlySet<string>
  readonly #keys: ReadonlyMap<string, StandardSchemaV1>
  readonly #migrate: ErasedStash["migrate"]

  /** @throws {DefinitionError} for a version that is no whole number from 1, and for a checkpoint that is not kept. */
  constructor({ name = "", keys, version = 1, migrate, checkpoints = {} }: ErasedStash) {
    this.name = name
    const declared = Object.entries(keys).flatMap(([key, schema]) =>
      schema ? [[key, schema] as const] : [],
    )
    this.#keys = new Map(declared)
    this.version = version
    this.checkpoints = new Set(Object.keys(checkpoints))
    this.#migrate = migrate
    if (!Number.isSafeInteger(version) || version < 1) {
      const hint = "Count the versions of a stash from 1: stash: { version: 2, … }."
      throw new DefinitionError(`${version} is no version of a stash`, { hint })
    }
    for (const key of this.checkpoints) {
      if (this.#keys.has(key)) continue
      const hint = "Add it to the stash's keys, with its schema."
      throw new DefinitionError(`the checkpoint "${key}" is not among what the stash keeps`, {
        hint,
      })
    }
  }

  /**
   * What a view keeps: what it says, and what components in it say of themselves. Null for nothing.
   * @throws {DefinitionError} also for components that cannot be told apart.
   */
  static of(
    stash: ErasedStash | undefined,
    components: Iterable<{ readonly stash: DeclaredStash | null }>,
  ): DeclaredStash | null {
    const names = new Set<string>()
    for (const { stash: inner } of components) {
      if (!inner) continue
      if (names.has(inner.name)) {
        const hint = "Give the stash of each live component that a view may hold a name of its own."
        throw new DefinitionError(`two live components keep a stash named "${inner.name}"`, {
          hint,
        })
      }
      names.add(inner.name)
    }
    return stash || names.size > 0 ? new DeclaredStash(stash ?? { keys: {} }) : null
  }

  /** What is to be kept of a view's assigns. */
  of(assigns: Assigns): Assigns {
    return Object.fromEntries([...this.#keys.keys()].map((key) => [key, assigns[key]]))
  }

  /** What was kept, once it is as it has to be: all of it, or nothing. */
  async revive(kept: Assigns, version: number): Promise<Result<Assigns, "version" | "invalid">> {
    let values: unknown = kept
    if (version !== this.version) {
      if (!this.#migrate || version > this.version) return err("version")
      values = this.#migrate(kept, version)
    }
    if (!isRecord(values)) return err("invalid")
    const revived: Record<string, unknown> = {}
    for (const [key, schema] of this.#keys) {
      if (!Object.hasOwn(values, key)) continue
      const result = await validate(schema, values[key])
      if (!result.ok) return err("invalid")
      revived[key] = result.value
    }
    return ok(revived)
  }
}

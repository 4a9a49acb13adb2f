import { bare, type Issue } from "@bennu/core"
import type { PgColumn } from "drizzle-orm/pg-core"
import type { Params } from "./changeset.ts"
import { isBlank, isText, readAs } from "./read.ts"
import type { Schema } from "./schema.ts"

export const isField = ({ columns, virtual }: Schema, name: string): boolean =>
  columns.has(name) || virtual.has(name)

/** Not there: the rules decide as for a field that nobody sent. */
const ABSENT = Symbol("absent")

/** What the rules get to see, until it is settled what that is. */
export class Input {
  readonly #schema: Schema
  readonly #data: Params
  readonly #sent: Params
  readonly #permitted: ReadonlySet<PropertyKey> | undefined
  /** For each empty input what it may mean, the most likely first; the first is what the rules see now. */
  #blanks: Map<string, readonly unknown[]> | undefined
  #filled: Set<string> | undefined

  /** @param permitted Of what was sent, only these are there; all if left out. */
  constructor(
    schema: Schema,
    data: Params,
    sent: Params,
    permitted: ReadonlySet<PropertyKey> | undefined,
  ) {
    this.#schema = schema
    this.#data = data
    this.#sent = sent
    this.#permitted = permitted
  }

  /** Made anew each time, as rules may keep it or write to it. */
  read(): Params {
    // without a prototype to look in, so that a rule for "constructor" finds nothing
    const read = bare<unknown>()
    for (const key of Object.keys(this.#sent)) {
      const value = this.#sent[key]
      if (value === undefined || this.#permitted?.has(key) === false) continue
      const column = this.#schema.columns.get(key)
      if (column === undefined) {
        // `_target`, `_csrf_token`, `_unused_title`: what forms say about themselves
        if (!key.startsWith("_") || this.#schema.virtual.has(key)) read[key] = value
      } else if (isBlank(value)) {
        const meant = this.#meant(key, column, value)
        if (meant !== ABSENT) read[key] = meant
      } else read[key] = readAs(column, value)
    }
    if (this.#filled !== undefined) for (const key of this.#filled) read[key] = this.#data[key]
    return read
  }

  /**
   * Looks at what the rules said, and shows them more: the row's own value for a field that they ask about and
   * nobody sent, another reading of an empty input that they refused.
   * @returns Whether something changed, so that they have to be asked again.
   */
  settle(issues: readonly Issue[], value: Params): boolean {
    let changed = false
    // all fields at once, so that the rules are asked again as seldom as possible
    for (const key of Object.keys(value)) changed = this.#fill(key) || changed
    if (issues.length === 0) return changed
    const refused = new Set(issues.map(({ path }) => path?.[0]))
    for (const key of refused) {
      if (typeof key !== "string") continue
      changed = this.#reread(key) || changed
      changed = this.#fill(key) || changed
    }
    return changed
  }

  /** The fields that were emptied, and that the rules can do without. */
  emptied(value: Params): readonly string[] {
    if (this.#blanks === undefined) return NONE
    const fields: string[] = []
    for (const [key, [reading]] of this.#blanks) {
      if (reading !== ABSENT || value[key] !== undefined) continue
      // there is nothing then, and a default only for a new row
      const before = this.#data[key]
      const isThere = before !== undefined && before !== null
      if (isThere || this.#schema.columns.get(key)?.notNull === false) fields.push(key)
    }
    return fields
  }

  #meant(key: string, column: PgColumn, text: unknown): unknown {
    this.#blanks ??= new Map()
    let readings = this.#blanks.get(key)
    if (readings === undefined) {
      readings = readingsOf(column, text)
      this.#blanks.set(key, readings)
    }
    return readings[0]
  }

  #reread(key: string): boolean {
    const [, ...others] = this.#blanks?.get(key) ?? NONE
    if (others.length === 0) return false
    this.#blanks?.set(key, others)
    return true
  }

  #fill(key: string): boolean {
    const isSent = Object.hasOwn(this.#sent, key) && this.#sent[key] !== undefined
    if (isSent && this.#permitted?.has(key) !== false) return false
    const value = Object.hasOwn(this.#data, key) ? this.#data[key] : undefined
    if (value === undefined || value === null || this.#filled?.has(key)) return false
    if (!isField(this.#schema, key)) return false
    this.#filled ??= new Set()
    this.#filled.add(key)
    return true
  }
}

const NONE: readonly string[] = []

function readingsOf(column: PgColumn, text: unknown): readonly unknown[] {
  if (column.notNull) return [isText(column) ? text : ABSENT]
  return isText(column) ? [null, ABSENT, text] : [null, ABSENT]
}

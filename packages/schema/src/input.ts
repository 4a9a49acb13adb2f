import type { Issue } from "@bennu/core"
import type { PgColumn } from "drizzle-orm/pg-core"
import type { Params } from "./changeset.ts"
import { isBlank, readAs } from "./read.ts"
import type { Schema } from "./schema.ts"

/** What the rules get to see, until it is settled what that is. */
export interface Input {
  readonly read: Params
  /**
   * Looks at what the rules said, and shows them more: the row's own value for a field that they ask about and
   * nobody sent, another reading of an empty input that they refused.
   * @returns Whether something changed, so that they have to be asked again.
   */
  settle(issues: readonly Issue[], returned: readonly string[]): boolean
  /** The fields that the rules returned. */
  values(outcome: {
    readonly value: object
    readonly issues: readonly Issue[]
  }): [string, unknown][]
}

export const isField = ({ columns, virtual }: Schema, name: string): boolean =>
  columns.has(name) || virtual.has(name)

/** Not there: the rules decide as for a field that nobody sent. */
const ABSENT = Symbol("absent")

export function inputOf(schema: Schema, data: Params, sent: Params): Input {
  // without a prototype, so that a rule for "constructor" finds nothing
  const read: Record<string, unknown> = Object.create(null)
  /** For each empty input what it may mean, the most likely first; the first is what the rules see now. */
  const blanks = new Map<string, readonly unknown[]>()
  const filled = new Set<string>()

  const show = (key: string, value: unknown) => {
    if (value === ABSENT) delete read[key]
    else read[key] = value
  }
  for (const [key, value] of Object.entries(sent)) {
    // `_target`, `_csrf_token`, `_unused_title`: what forms say about themselves
    if (value === undefined || (key.startsWith("_") && !isField(schema, key))) continue
    const column = schema.columns.get(key)
    if (column === undefined) read[key] = value
    else if (isBlank(value)) {
      const readings = readingsOf(column, value)
      blanks.set(key, readings)
      show(key, readings[0])
    } else read[key] = readAs(column, value)
  }

  const reread = (key: string): boolean => {
    const [, ...others] = blanks.get(key) ?? []
    if (others.length === 0) return false
    blanks.set(key, others)
    show(key, others[0])
    return true
  }
  const fill = (key: string): boolean => {
    const value = Object.hasOwn(data, key) ? data[key] : undefined
    if (value === undefined || value === null || filled.has(key)) return false
    if (!isField(schema, key) || (Object.hasOwn(sent, key) && sent[key] !== undefined)) return false
    filled.add(key)
    read[key] = value
    return true
  }

  return {
    read,
    settle(issues, returned) {
      const refused = new Set(
        issues.map(({ path }) => path?.[0]).filter((key) => typeof key === "string"),
      )
      // both for every field, so that the rules are asked again as seldom as possible
      const shown = [...refused].map(reread)
      const added = [...refused, ...returned].map(fill)
      return [...shown, ...added].includes(true)
    },
    values({ value, issues }) {
      if (issues.length > 0) return []
      const values = Object.entries(value).filter(
        ([key, item]) => item !== undefined && isField(schema, key),
      )
      const returned = new Set(values.map(([key]) => key))
      for (const [key, [reading]] of blanks) {
        if (reading !== ABSENT || returned.has(key)) continue
        // emptied, and the rules can do without: there is nothing then, and a default only for a new row
        const isThere = data[key] !== undefined && data[key] !== null
        if (isThere || schema.columns.get(key)?.notNull === false) values.push([key, null])
      }
      return values
    },
  }
}

const texts: ReadonlySet<string> = new Set(["PgText", "PgVarchar", "PgChar"])

function readingsOf(column: PgColumn, text: unknown): readonly unknown[] {
  const isText = texts.has(column.columnType)
  if (column.notNull) return [isText ? text : ABSENT]
  return isText ? [null, ABSENT, text] : [null, ABSENT]
}

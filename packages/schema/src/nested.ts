import type { Issue } from "@bennu/core"
import type { AnyChangeset, NestedOptions, Params } from "./changeset.ts"
import { castEmbed } from "./embed.ts"
import { NotLoadedError, SchemaDefinitionError, UnknownFieldError } from "./errors.ts"
import { type Relation, tableOf } from "./relation.ts"
import type { Schema } from "./schema.ts"
import { isRecord, own, sentRows } from "./sent-rows.ts"
import { primaryKeyOf } from "./table.ts"

/** A row of a relation, and what is to become of it. */
export interface NestedRow {
  readonly action: "insert" | "update" | "delete"
  readonly changeset: AnyChangeset
}

/** The rows of a relation or an embed as they were cast. */
export interface NestedChange {
  /** Null for an embed: its value stands in the changes. */
  readonly relation: Relation | null
  readonly many: boolean
  /** Those to delete last; empty for an embed that was cast by its own schema. */
  readonly rows: readonly NestedRow[]
  /** The rows as they were sent. */
  readonly sent: readonly Params[]
}

export interface NestedOutcome {
  readonly change: NestedChange
  readonly errors: readonly Issue[]
  /** What the embed's column gets. */
  readonly value?: unknown
}

export type Each = (row: object, params: unknown) => AnyChangeset

/** What `castNested` needs of the changeset around the rows. */
export interface Parent {
  readonly schema: Schema
  readonly data: Params
  readonly params: Params | null
}

/** The rows that were sent for `name`, cast; null when nothing was sent. */
export function castRows(
  parent: Parent,
  name: string,
  each: Each | undefined,
  options: NestedOptions,
): NestedOutcome | null {
  const { schema } = parent
  const relation = schema.relations.get(name)
  if (relation === undefined) {
    if (schema.embeds.has(name)) return castEmbed(parent, name, each, options)
    const known = [...schema.relations.keys(), ...schema.embeds.keys()]
    throw new UnknownFieldError(schema.name, name, known)
  }
  if (each === undefined) {
    throw new SchemaDefinitionError(
      schema.name,
      `castNested("${name}") does not say how a row is cast`,
      `Pass the function that makes a row's changeset: castNested("${name}", (row, params) => …).`,
    )
  }
  const existing = existingRows(parent, relation)
  const sent = relation.many ? sentRows(parent.params ?? {}, name, options) : sentRow(parent, name)
  if (sent === null) return null
  return castSent(relation, each, existing, sent, options)
}

function castSent(
  relation: Relation,
  each: Each,
  existing: readonly object[],
  sent: readonly unknown[] | "invalid",
  { drop, onReplace = drop === undefined ? "refuse" : "delete", limit = 1000 }: NestedOptions,
): NestedOutcome {
  const refuse = (message: string): NestedOutcome => ({
    change: { relation, many: relation.many, rows: [], sent: [] },
    errors: [{ message, path: [relation.name] }],
  })
  if (sent === "invalid" || !sent.every(isRecord)) return refuse("is invalid")
  if (sent.length > limit) return refuse(`should have at most ${limit} item(s)`)

  const key = primaryKeyOf(tableOf(relation.target()))
  const left = new Set(existing)
  const byKey = new Map(existing.map((row) => [keyOf(row, key), row]))
  const cast = sent.map((params): NestedRow => {
    const known = relation.many ? byKey.get(keyOf(params, key)) : existing[0]
    const row = known !== undefined && left.has(known) ? known : undefined
    if (row === undefined) return { action: "insert", changeset: each({}, params) }
    left.delete(row)
    return { action: "update", changeset: each(row, params) }
  })
  const removed = [...left].map(
    (row): NestedRow => ({ action: "delete", changeset: each(row, {}) }),
  )
  const refused = onReplace === "refuse" && removed.length > 0
  return {
    change: {
      relation,
      many: relation.many,
      rows: [...cast, ...(refused ? [] : removed)],
      sent,
    },
    errors: refused ? [{ message: "can't be removed", path: [relation.name] }] : [],
  }
}

/** Like `sentRows` for a relation that has one row: none when it was emptied. */
function sentRow({ params }: Parent, name: string): readonly unknown[] | "invalid" | null {
  const sent = own(params ?? {}, name)
  if (sent === undefined) return null
  if (sent === null || sent === "") return []
  return isRecord(sent) ? [sent] : "invalid"
}

function existingRows({ schema, data }: Parent, { name }: Relation): readonly object[] {
  const loaded = data[name]
  if (loaded === undefined) {
    const isStored = schema.primaryKey.some((key) => data[key] !== undefined && data[key] !== null)
    if (isStored) throw new NotLoadedError(schema.name, name)
    return []
  }
  return [loaded].flat().filter((row) => typeof row === "object" && row !== null)
}

/** What tells a row from the others, as text since forms send text; a symbol of its own when a part is missing. */
function keyOf(row: object, key: readonly string[]): string | symbol {
  const parts = key.map((property) => Reflect.getOwnPropertyDescriptor(row, property)?.value)
  const known = parts.every((part) => ["string", "number", "bigint"].includes(typeof part))
  return known && parts.length > 0 ? JSON.stringify(parts.map(String)) : Symbol()
}

/** The errors of nested rows, each under its relation and index; rows that go have none. */
export function nestedErrors(nested: ReadonlyMap<string, NestedChange>): Issue[] {
  return [...nested].flatMap(([name, { many, rows }]) =>
    rows
      .filter(({ action }) => action !== "delete")
      .flatMap(({ changeset }, index) =>
        changeset.errors.map(({ message, path = [] }) => ({
          message,
          path: [name, ...(many ? [index] : []), ...path],
        })),
      ),
  )
}

/** Nested rows as they would be, by relation. */
export function appliedNested(nested: ReadonlyMap<string, NestedChange>): object {
  const applied: [string, unknown][] = []
  for (const [name, { relation, many, rows }] of nested) {
    if (relation === null) continue
    const kept = rows.filter(({ action }) => action !== "delete")
    const values = kept.map(({ changeset }) => changeset.apply())
    applied.push([name, many ? values : (values[0] ?? null)])
  }
  return Object.fromEntries(applied)
}

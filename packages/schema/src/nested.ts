import type { AnyChangeset, NestedOptions, Params } from "./changeset.ts"
import { type ChangesetIssue, issueAt, issueBelow, type Problem } from "./changeset-issue.ts"
import { castEmbed } from "./embed.ts"
import { NotLoadedError, SchemaDefinitionError, UnknownFieldError } from "./errors.ts"
import { type Relation, tableOf } from "./relation.ts"
import type { Schema } from "./schema.ts"
import { isRecord, MALFORMED, own, sentRows, tooMany } from "./sent-rows.ts"
import { primaryKeyOf } from "./table.ts"

/** A row of a relation, and what is to become of it. */
export interface NestedRow {
  /**
   * `"link"`: it is stored, and to be joined with the row around it (and changed, if its changeset has changes);
   * `"unlink"`: it stays, and is parted from that row.
   */
  readonly action: "insert" | "update" | "delete" | "link" | "unlink"
  readonly changeset: AnyChangeset
}

/** Whether it is among the rows afterwards. */
export const isKept = ({ action }: NestedRow): boolean => action !== "delete" && action !== "unlink"

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
  readonly errors: readonly ChangesetIssue[]
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
  const refuse = (problem: Problem): NestedOutcome => ({
    change: { relation, many: relation.many, rows: [], sent: [] },
    errors: [issueAt([relation.name], problem)],
  })
  if (sent === "invalid" || !sent.every(isRecord)) return refuse(MALFORMED)
  if (sent.length > limit) return refuse(tooMany(limit))

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
  const { removed, errors } = replaced(relation, [...left], onReplace, (row) => each(row, {}))
  const change = { relation, many: relation.many, rows: [...cast, ...removed], sent }
  return { change, errors }
}

/** What becomes of rows that are there and were not named. */
export function replaced(
  relation: Relation,
  left: readonly object[],
  onReplace: NonNullable<NestedOptions["onReplace"]>,
  changesetOf: (row: object) => AnyChangeset,
): { readonly removed: readonly NestedRow[]; readonly errors: readonly ChangesetIssue[] } {
  if (left.length === 0) return { removed: [], errors: [] }
  if (onReplace === "refuse") {
    const problem = { message: "can't be removed", code: "replace" }
    return { removed: [], errors: [issueAt([relation.name], problem)] }
  }
  const action = onReplace === "nilify" ? "unlink" : "delete"
  return { removed: left.map((row) => ({ action, changeset: changesetOf(row) })), errors: [] }
}

/** Like `sentRows` for a relation that has one row: none when it was emptied. */
function sentRow({ params }: Parent, name: string): readonly unknown[] | "invalid" | null {
  const sent = own(params ?? {}, name)
  if (sent === undefined) return null
  if (sent === null || sent === "") return []
  return isRecord(sent) ? [sent] : "invalid"
}

/** The rows of a relation that were loaded. */
export function existingRows({ schema, data }: Parent, { name }: Relation): readonly object[] {
  const loaded = data[name]
  if (loaded === undefined) {
    const isStored = schema.primaryKey.some((key) => data[key] !== undefined && data[key] !== null)
    if (isStored) throw new NotLoadedError(schema.name, name)
    return []
  }
  return [loaded].flat().filter((row) => typeof row === "object" && row !== null)
}

/** What tells a row from the others, as text since forms send text; a symbol of its own when a part is missing. */
export function keyOf(row: object, key: readonly string[]): string | symbol {
  const parts = key.map((property) => Reflect.getOwnPropertyDescriptor(row, property)?.value)
  const known = parts.every((part) => ["string", "number", "bigint"].includes(typeof part))
  return known && parts.length > 0 ? JSON.stringify(parts.map(String)) : Symbol()
}

/** The errors of nested rows, each under its relation and index; rows that go have none. */
export function nestedErrors(nested: ReadonlyMap<string, NestedChange>): ChangesetIssue[] {
  return [...nested].flatMap(([name, { many, rows }]) =>
    rows
      .filter(isKept)
      .flatMap(({ changeset }, index) =>
        changeset.errors.map((issue) => issueBelow(many ? [name, index] : [name], issue)),
      ),
  )
}

/** Nested rows as they would be, by relation. */
export function appliedNested(nested: ReadonlyMap<string, NestedChange>): object {
  const applied: [string, unknown][] = []
  for (const [name, { relation, many, rows }] of nested) {
    if (relation === null) continue
    const kept = rows.filter(isKept)
    const values = kept.map(({ changeset }) => changeset.apply())
    applied.push([name, many ? values : (values[0] ?? null)])
  }
  return Object.fromEntries(applied)
}

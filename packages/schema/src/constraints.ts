import { type ChangesetIssue, issueAt } from "./changeset-issue.ts"
import { declaredConstraints, isNamed, namesOver } from "./constraint-names.ts"
import { SchemaDefinitionError } from "./errors.ts"
import type { Schema } from "./schema.ts"
import { toSnake } from "./table.ts"

/** `"noAssoc"`: a foreign key of the other table, to this one. */
export type ConstraintKind = "unique" | "foreignKey" | "noAssoc" | "check" | "exclusion"

/** What the database may refuse, and what the form says then. */
export interface Constraint {
  readonly kind: ConstraintKind
  /** The first of them gets the message; the relation, of `"noAssoc"`. */
  readonly fields: readonly [string, ...string[]]
  /** Its name in the database; without it, any of the usual ones. */
  readonly name: string | undefined
  readonly message: string
}

export interface ConstraintOptions<Name extends string = string> {
  /** Its name in the database, one of the schema's `constraints`; by default the names PostgreSQL and Drizzle give. */
  readonly name?: Name | undefined
  readonly message?: string | undefined
}

/** What a database says when it refuses a row. */
export interface Violation {
  /** SQLSTATE. */
  readonly code: string
  readonly constraint?: string | undefined
  readonly table?: string | undefined
  readonly column?: string | undefined
}

const messages: Readonly<Record<ConstraintKind, string>> = {
  unique: "has already been taken",
  foreignKey: "does not exist",
  noAssoc: "is still associated with this entry",
  check: "is invalid",
  exclusion: "violates an exclusion constraint",
}

/** A constraint over `fields`, as its author declares it. */
export const constraint = (
  kind: ConstraintKind,
  fields: Constraint["fields"],
  { name, message = messages[kind] }: ConstraintOptions = {},
): Constraint => ({ kind, fields, name, message })

/**
 * Asks that a name that a changeset says be one that its schema or table declares: those are looked for at boot, and a
 * wrong name would never be heard of.
 */
export function refuseUnknownName(
  schema: Schema,
  kind: Exclude<ConstraintKind, "noAssoc">,
  name: string,
): void {
  const declared = declaredConstraints(schema).filter((known) => known.kind === kind)
  if (declared.some(({ names }) => isNamed(names, name))) return
  throw new SchemaDefinitionError(
    schema.name,
    `a changeset names the constraint "${name}", which neither it (${schema.definedAt}) nor its table declares`,
    `Correct the name, or declare it: schema(table, { constraints: { ${kind}: { ${name}: "field" } } }).`,
  )
}

// a conflict with rows that refer to this one is 23001 since PostgreSQL 18, where the key says RESTRICT
const kinds: ReadonlyMap<string, readonly ConstraintKind[]> = new Map([
  ["23505", ["unique"]],
  ["23503", ["foreignKey", "noAssoc"]],
  ["23001", ["foreignKey", "noAssoc"]],
  ["23514", ["check"]],
  ["23P01", ["exclusion"]],
])
const NOT_NULL = "23502"

/**
 * What a violation means for a form: the first constraint that was declared with that kind and name, else what the
 * table says of itself. Null when neither knows it.
 */
export function violated(
  schema: Schema,
  constraints: readonly Constraint[],
  violation: Violation,
): ChangesetIssue | null {
  const { code, constraint: name = "" } = violation
  const possible = kinds.get(code) ?? []
  const found = constraints.find(
    (known) => possible.includes(known.kind) && isNamed(namesOf(schema, known), name),
  )
  if (found === undefined) return derived(schema, violation)
  return issueAt([found.fields[0]], { message: found.message, code: found.kind })
}

function namesOf(schema: Schema, { kind, fields, name }: Constraint): readonly string[] {
  if (name !== undefined) return [name]
  if (kind !== "noAssoc") return namesOver(schema, kind, fields)
  const join = schema.relations.get(fields[0])?.join()
  if (join === undefined) return []
  const [table, key] = join.through
    ? [join.through.table, join.through.from]
    : [join.table, join.to]
  return namesOver({ table }, "foreignKey", [key])
}

function derived(schema: Schema, violation: Violation): ChangesetIssue | null {
  const { code, constraint: name = "", column, table } = violation
  // a foreign key of another table is not about a field of this one
  if (table !== undefined && table !== schema.name) return null
  if (code === NOT_NULL) {
    const field = [...schema.columns].find(
      ([property, known]) => column === known.name || column === toSnake(property),
    )
    return field ? issueAt([field[0]], { message: "can't be blank", code: "required" }) : null
  }
  const possible = kinds.get(code) ?? []
  const found = declaredConstraints(schema).find(
    ({ kind, names }) => possible.includes(kind) && isNamed(names, name),
  )
  if (found === undefined) return null
  return issueAt(found.fields.slice(0, 1), { message: messages[found.kind], code: found.kind })
}

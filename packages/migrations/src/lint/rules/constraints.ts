import type { Constraint } from "libpg-query"
import { type Context, commandsOf, type Found, nameOf, type Rule, words } from "../rule.ts"

/** Constraints that are added to a table in use, and those that are validated too early. */
export const constraints: Rule = (node, context) =>
  commandsOf(node, context).flatMap(({ table, command: { subtype, def, name = "" } }) => {
    if (subtype === "AT_AddConstraint" && def && "Constraint" in def)
      return added(table, def.Constraint)
    if (subtype === "AT_ValidateConstraint") return validated(table, name, context)
    return []
  })

function added(table: string, constraint: Constraint): Found[] {
  const { contype, conname = "…", skip_validation: isLater = false, indexname } = constraint
  const add = `alter table ${table} add constraint ${conname}`
  const later = `-- in a migration of its own\nalter table ${table} validate constraint ${conname};`
  const columns = words(constraint.keys).join(", ")
  switch (contype) {
    case "CONSTR_FOREIGN": {
      const fields = words(constraint.fk_attrs).join(", ")
      const other = nameOf(constraint.pktable)
      if (isLater) return []
      return [
        {
          rule: "foreign-key-without-not-valid",
          message: `looks at all rows while nobody can write to ${table} or ${other}`,
          rewrite: `${add} foreign key (${fields}) references ${other} not valid;\n${later}`,
        },
      ]
    }
    case "CONSTR_CHECK":
    case "CONSTR_NOTNULL":
      if (isLater) return []
      return [
        {
          rule: "check-without-not-valid",
          message: `looks at all rows of ${table} while nobody can read it`,
          rewrite: `${add} ${contype === "CONSTR_CHECK" ? "check (…)" : `not null ${columns}`} not valid;\n${later}`,
        },
      ]
    case "CONSTR_UNIQUE":
    case "CONSTR_PRIMARY": {
      if (indexname !== undefined) return []
      const kind = contype === "CONSTR_UNIQUE" ? "unique" : "primary key"
      return [
        {
          rule: "unique-without-index",
          message: `builds its index while nobody can read ${table}`,
          rewrite: `-- transaction: off, in a migration of its own\ncreate unique index concurrently ${conname} on ${table} (${columns});\n-- and then\n${add} ${kind} using index ${conname};`,
        },
      ]
    }
    case "CONSTR_EXCLUSION":
      return [
        {
          rule: "exclusion-constraint",
          message: `builds its index while nobody can read ${table}; PostgreSQL knows no other way`,
          rewrite: "Add it while the table is small or the app is off, then allow this.",
        },
      ]
    default:
      return []
  }
}

const validated = (table: string, name: string, context: Context): Found[] =>
  context.transaction && context.isAddedHere(table, name)
    ? [
        {
          rule: "validate-where-added",
          message: `keeps the lock of adding ${name} while all rows of ${table} are looked at`,
          rewrite: `-- in a migration of its own\nalter table ${table} validate constraint ${name};`,
        },
      ]
    : []

// AlterDomainStmt in PostgreSQL's src/include/nodes/parsenodes.h
const ADD_CONSTRAINT = "C"

/** Domains check all columns that have them. */
export const domains: Rule = (node) => {
  const adds =
    "AlterDomainStmt" in node && node.AlterDomainStmt.subtype === ADD_CONSTRAINT
      ? node.AlterDomainStmt.def
      : undefined
  if (adds === undefined || !("Constraint" in adds) || adds.Constraint.skip_validation) return []
  return [
    {
      rule: "domain-constraint",
      message:
        "looks at all rows of all tables that have the domain, while nobody can write to them",
      rewrite:
        "alter domain … add constraint … not valid;\n-- in a migration of its own\nalter domain … validate constraint …;",
    },
  ]
}

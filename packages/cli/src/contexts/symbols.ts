import type { Expression, Program, VariableDeclaration } from "oxc-parser"
import type { Binding, Module } from "./modules.ts"
import { pathOf } from "./paths.ts"
import type { ResolveModule } from "./resolve-module.ts"

/** A table of the database, where the code defines it. */
export interface Table {
  /** With its PostgreSQL schema, if it has one: `"auth.users"`. */
  readonly name: string
  readonly file: string
  /** Where its definition begins. */
  readonly start: number
}

/** What a name stands for, as far as tables go. */
type Meaning =
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "module"; readonly module: Module }
  /** Of a package: `pgTable` of Drizzle, `schema` of ours. */
  | { readonly kind: "foreign"; readonly name: string }
  /** What `pgSchema("auth")` gives. */
  | { readonly kind: "space"; readonly name: string }
  /** What `pgTableCreator` gives. */
  | { readonly kind: "creator" }

/** What names of the app stand for. */
export interface Symbols {
  /** Every table that is defined as a constant of a module. */
  readonly tables: readonly Table[]
  /** The table that a value is or is made of: `["readers"]`, `["Readers", "Reader"]`; null where it is none. */
  tableOf(module: Module, path: readonly string[]): Table | null
  /** What an imported name is: a table, another module, or nothing of either kind. */
  importOf(module: Module, name: string): Table | Module | null
}

const DEFINES: ReadonlySet<string> = new Set(["pgTable", "pgView", "pgMaterializedView"])
const DERIVES: ReadonlySet<string> = new Set(["schema", "unscoped", "alias", "aliasedTable"])
const IN_SPACE: ReadonlySet<string> = new Set(["table", "view", "materializedView"])
/** Without such a word no table is defined in a file, and no schema. */
const WORDS =
  /\bpg(?:Table|View|MaterializedView|Schema)|\b(?:schema|unscoped|alias|aliasedTable|table|view|materializedView)\s*[<(]/

/** Learns which constants of an app are tables, or schemas around tables, also through re-exports. */
export function symbolsOf(modules: ReadonlyMap<string, Module>, resolve: ResolveModule): Symbols {
  const constants = new Map<Module, ReadonlyMap<string, Expression>>()
  for (const module of modules.values())
    if (WORDS.test(module.text)) constants.set(module, constantsOf(module.program()))
  const known = new Map<Module, Map<string, Meaning | null>>()

  function meaningOf(module: Module, name: string): Meaning | null {
    const names = known.get(module) ?? new Map<string, Meaning | null>()
    known.set(module, names)
    const before = names.get(name)
    if (before !== undefined) return before
    // whoever comes back here while it is worked out goes in a circle
    names.set(name, null)
    const meaning = foundMeaning(module, name)
    names.set(name, meaning)
    return meaning
  }
  function foundMeaning(module: Module, name: string): Meaning | null {
    const constant = constants.get(module)?.get(name)
    if (constant !== undefined) return madeBy(module, constant)
    const binding = module.imports.get(name)
    return binding === undefined ? null : bound(module, binding)
  }
  function bound(from: Module, { specifier, name }: Binding): Meaning | null {
    const file = resolve(specifier, from.file)
    const module = file === null ? undefined : modules.get(file)
    if (module === undefined) return { kind: "foreign", name }
    return name === "*" ? { kind: "module", module } : exported(module, name, new Set())
  }
  function exported(module: Module, name: string, seen: Set<Module>): Meaning | null {
    if (seen.has(module)) return null
    seen.add(module)
    const own = module.exports.get(name)
    if (typeof own === "string") return meaningOf(module, own)
    if (own !== undefined) return bound(module, own)
    for (const specifier of module.stars) {
      const file = resolve(specifier, module.file)
      const other = file === null ? undefined : modules.get(file)
      const found = other === undefined ? null : exported(other, name, seen)
      if (found !== null) return found
    }
    return null
  }
  function along(module: Module, [name = "", ...more]: readonly string[]): Meaning | null {
    const meaning = meaningOf(module, name)
    const [next] = more
    if (meaning?.kind !== "module" || next === undefined) return meaning
    const inside = exported(meaning.module, next, new Set())
    return inside?.kind === "module" ? along(inside.module, more.slice(1)) : inside
  }

  /** What an expression makes: a table, a schema around one, or what makes tables. */
  function madeBy(module: Module, value: Expression): Meaning | null {
    const path = pathOf(value)
    if (path !== null) return along(module, path)
    if (value.type === "TSAsExpression" || value.type === "TSSatisfiesExpression")
      return madeBy(module, value.expression)
    if (value.type !== "CallExpression") return null
    const { callee, start } = value
    const [first] = value.arguments
    const literal =
      first?.type === "Literal" && typeof first.value === "string" ? first.value : null
    const table = (name: string): Meaning => ({
      kind: "table",
      table: { name, file: module.file, start },
    })
    if (callee.type === "MemberExpression" && !callee.computed) {
      if (callee.object.type === "Super") return null
      const of = madeBy(module, callee.object)
      const method = callee.property.type === "Identifier" ? callee.property.name : ""
      if (of?.kind === "space" && literal !== null && IN_SPACE.has(method))
        return table(`${of.name}.${literal}`)
      // what is made of a table by a method of its own is that table: pgView("x").as(…), pgTable(…).enableRLS()
      if (of?.kind === "table") return of
    }
    const maker = callee.type === "Super" ? null : meaningOfCallee(module, callee)
    if (maker?.kind === "creator") return literal === null ? null : table(literal)
    if (maker?.kind !== "foreign") return null
    if (DEFINES.has(maker.name)) return literal === null ? null : table(literal)
    if (maker.name === "pgSchema" && literal !== null) return { kind: "space", name: literal }
    if (maker.name === "pgTableCreator") return { kind: "creator" }
    if (!DERIVES.has(maker.name) || first === undefined || first.type === "SpreadElement")
      return null
    return madeBy(module, first)
  }
  /** `pgTable`, or `pg.pgTable`. */
  function meaningOfCallee(module: Module, callee: Expression): Meaning | null {
    const path = pathOf(callee)
    if (path === null) return null
    const meaning = along(module, path)
    const last = path.at(-1) ?? ""
    return meaning?.kind === "foreign"
      ? { kind: "foreign", name: path.length > 1 ? last : meaning.name }
      : meaning
  }

  const tables = [...constants].flatMap(([module, all]) =>
    [...all].flatMap(([name, value]) => {
      const meaning = madeBy(module, value)
      // a schema is made of a table that is defined elsewhere
      const own = meaning?.kind === "table" && meaning.table.file === module.file
      const begins = own && meaning.table.start >= value.start && meaning.table.start < value.end
      return begins
        ? [meaningOf(module, name)].flatMap((m) => (m?.kind === "table" ? [m.table] : []))
        : []
    }),
  )
  return {
    tables,
    tableOf(module, path) {
      const meaning = along(module, path)
      return meaning?.kind === "table" ? meaning.table : null
    },
    importOf(module, name) {
      const meaning = meaningOf(module, name)
      if (meaning?.kind === "table") return meaning.table
      return meaning?.kind === "module" ? meaning.module : null
    },
  }
}

/** The expressions that may make a table. What is of another kind is not kept: functions are large. */
const MAKES: ReadonlySet<string> = new Set([
  "CallExpression",
  "Identifier",
  "MemberExpression",
  "TSAsExpression",
  "TSSatisfiesExpression",
])

/** The values of a module's own constants. */
function constantsOf({ body }: Program): ReadonlyMap<string, Expression> {
  const found = new Map<string, Expression>()
  const add = ({ declarations }: VariableDeclaration) => {
    for (const { id, init } of declarations)
      if (id.type === "Identifier" && init !== null && MAKES.has(init.type))
        found.set(id.name, init)
  }
  for (const statement of body) {
    if (statement.type === "VariableDeclaration") add(statement)
    else if (
      statement.type === "ExportNamedDeclaration" &&
      statement.declaration?.type === "VariableDeclaration"
    )
      add(statement.declaration)
  }
  return found
}

import { relative } from "node:path"
import type { Boundaries, Owner } from "./boundaries.ts"
import { mentionsOf } from "./mentions.ts"
import type { Module } from "./modules.ts"
import { positionAt } from "./position.ts"
import type { Problem } from "./problem.ts"
import { tablesIn } from "./sql-tables.ts"
import { mayHaveSql, sqlTexts } from "./sql-texts.ts"
import type { Symbols, Table } from "./symbols.ts"

/** The tables of an app, by whom they belong to. */
export interface TablesReport {
  readonly problems: readonly Problem[]
  /** The context of each table, by its name in the database. */
  readonly owners: ReadonlyMap<string, string>
}

/** What queries say against the boundaries: by the constants that they name, and by the text of SQL. */
export function checkTables(
  boundaries: Boundaries,
  modules: ReadonlyMap<string, Module>,
  symbols: Symbols,
): TablesReport {
  const { owners, problems } = ownersOf(boundaries, modules, symbols.tables)
  const known = new Map<Owner, Barred>()
  for (const module of modules.values()) {
    const from = boundaries.ownerOf(module.file)
    if (from === null) continue
    const barred = known.get(from) ?? barredFor(boundaries, owners, from)
    known.set(from, barred)
    const used = [...namedBy(module, symbols, barred), ...writtenIn(module, barred)]
    const told = new Set<string>()
    for (const { table, at } of used) {
      const place = positionAt(module.text, at)
      const once = `${place.line} ${table}`
      if (told.has(once)) continue
      told.add(once)
      const owner = owners.get(table) ?? ""
      problems.push({
        rule: "foreign-table",
        file: module.file,
        ...place,
        message: `${nameOf(from)} touches the table ${table} of ${owner}`,
        hint: hintFor(boundaries, from, owner, table),
      })
    }
  }
  return { problems, owners }
}

interface Use {
  readonly table: string
  readonly at: number
}

/** What code of one owner may not touch. */
interface Barred {
  readonly tables: ReadonlySet<string>
  /** Their names without a PostgreSQL schema, in lower case: who has none of these words names none of them. */
  readonly words: ReadonlySet<string>
}

function barredFor(
  { contexts, sharedTables }: Boundaries,
  owners: ReadonlyMap<string, string>,
  from: Owner,
): Barred {
  const isShared = (table: string, owner: string) =>
    typeof from !== "string" &&
    from.uses.has(owner) &&
    contexts.get(owner)?.shares.has(table) === true
  const isOwn = (owner: string) => typeof from !== "string" && from.name === owner
  const tables = [...owners]
    .filter(
      ([table, owner]) => !isOwn(owner) && !isShared(table, owner) && !sharedTables.has(table),
    )
    .map(([table]) => table)
  const words = tables.map((table) => table.slice(table.lastIndexOf(".") + 1).toLowerCase())
  return { tables: new Set(tables), words: new Set(words) }
}

/** Tables and schemas that a module imports and uses as values. */
function namedBy(module: Module, symbols: Symbols, { tables }: Barred): Use[] {
  const names = [...module.imports.keys()].filter((name) => {
    const found = symbols.importOf(module, name)
    return found !== null && (!("name" in found) || tables.has(found.name))
  })
  if (names.length === 0) return []
  return mentionsOf(module.program(), new Set(names)).flatMap(({ path, start }) => {
    const table = symbols.tableOf(module, path)
    return table !== null && tables.has(table.name) ? [{ table: table.name, at: start }] : []
  })
}

/** Tables in the text of SQL. */
function writtenIn(module: Module, { tables, words }: Barred): Use[] {
  if (!mayHaveSql(module.text)) return []
  const written = module.text.match(/[\w$]+/g) ?? []
  if (!written.some((word) => words.has(word.toLowerCase()))) return []
  return sqlTexts(module.program(), module.text).flatMap(({ sql, start }) =>
    tablesIn(sql).flatMap(({ name, at }) => {
      const table = [name, name.replace(/^public\./, "")].find((each) => tables.has(each))
      return table === undefined ? [] : [{ table, at: start + at }]
    }),
  )
}

const nameOf = (owner: Owner): string =>
  owner === "outside" ? "code outside of contexts" : owner === "shared" ? "shared code" : owner.name

function hintFor(
  { contexts, root }: Boundaries,
  from: Owner,
  owner: string,
  table: string,
): string {
  const context = contexts.get(owner)
  const faces = [...(context?.faces ?? [])].map((face) => relative(root, face)).join(" or ")
  const ask = `Call a function of ${owner} (${faces})`
  if (typeof from === "string") return `${ask}.`
  return context?.shares.has(table)
    ? `${owner} shares it: add "${owner}" to uses of ${from.name}, or call a function of ${owner}.`
    : `${ask}, or let it share the table: shares: ["${table}"].`
}

/** Whose each table is: the context's in which it is defined, or the one's that claims it. */
function ownersOf(
  boundaries: Boundaries,
  modules: ReadonlyMap<string, Module>,
  tables: readonly Table[],
): { readonly owners: Map<string, string>; readonly problems: Problem[] } {
  const { contexts, sharedTables, refuse, root } = boundaries
  const problems: Problem[] = []
  const owners = new Map<string, string>()
  const defined = new Map<string, Table>()
  const claimed = new Map<string, string>()
  for (const { name, tables: own } of contexts.values()) {
    for (const table of own) {
      const other = claimed.get(table)
      if (other !== undefined)
        problems.push(
          refuse(
            ["contexts", name, "tables", table],
            `${table} is ${other}'s already`,
            "A table has one owner.",
          ),
        )
      claimed.set(table, name)
      owners.set(table, name)
    }
  }
  for (const table of tables) {
    const owner = boundaries.ownerOf(table.file)
    const at = () => positionAt(modules.get(table.file)?.text ?? "", table.start)
    const first = defined.get(table.name)
    if (first !== undefined) {
      const place = { file: table.file, ...at() }
      const message = `the table ${table.name} is defined in ${relative(root, first.file)} already`
      const hint = "Define a table once, in the context that owns it; others call its functions."
      problems.push({ rule: "table-twice", ...place, message, hint })
      continue
    }
    defined.set(table.name, table)
    if (owner !== null && typeof owner !== "string" && !claimed.has(table.name))
      owners.set(table.name, owner.name)
    else if (!claimed.has(table.name) && !sharedTables.has(table.name)) {
      const message = `no context owns the table ${table.name}`
      const hint = `Move it into its context, or name it there: tables: ["${table.name}"]; what all may query, in boundaries.sharedTables.`
      problems.push({ rule: "table-without-context", file: table.file, ...at(), message, hint })
    }
  }
  for (const { name, shares } of contexts.values()) {
    for (const table of shares) {
      if (owners.get(table) === name) continue
      const own = [...owners].filter(([, owner]) => owner === name).map(([each]) => each)
      const hint = own.length === 0 ? "It has no tables." : `It has ${own.join(", ")}.`
      const way = ["contexts", name, "shares", table]
      problems.push(refuse(way, `${name} shares ${table}, which is not its own`, hint))
    }
  }
  return { owners, problems }
}

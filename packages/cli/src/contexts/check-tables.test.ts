import { describe, expect, it } from "vitest"
import { appFolder, soundApp } from "../testing/app-folder.ts"

/** What the check says of a sound app in which notes has these lines more, or other files; the first line of each. */
async function problems(
  lines: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const notes = [soundApp["src/notes.ts"]?.trimEnd(), ...lines, ""].join("\n")
  using app = appFolder({ ...soundApp, ...usingAll, "src/notes.ts": notes, ...files })
  const { out } = await app.bennu("contexts", "check")
  return out.split("\n").filter((line) => line.endsWith("]"))
}
/** Notes uses both others; accounts shares users, todos shares nothing. */
const usingAll = {
  "bennu.config.ts": (soundApp["bennu.config.ts"] ?? "").replace(
    "notes: {",
    'notes: { uses: ["accounts", "todos"],',
  ),
}
const imports =
  'import * as Accounts from "./accounts/index.ts"; import { Todo, todos } from "./todos.ts"'
const at = (line: number, column: number, table: string, owner: string) =>
  `src/notes.ts:${line}:${column}: notes touches the table ${table} of ${owner} [foreign-table]`

describe("bennu contexts check, of tables", () => {
  it("finds a query of another context's table, and says how to go on", async () => {
    using app = appFolder({
      ...soundApp,
      ...usingAll,
      "src/notes.ts": `${soundApp["src/notes.ts"]}${imports}\nexport const all = ({ repo }) => repo.all(Todo)\nAccounts.find()\n`,
    })
    expect(await app.bennu("contexts", "check")).toMatchObject({
      code: 1,
      out: `src/notes.ts:8:43: notes touches the table todos of todos [foreign-table]
  Call a function of todos (src/todos.ts), or let it share the table: shares: ["todos"].

contexts: 1 problem in 3 contexts, 6 files
`,
    })
  })

  it("lets those query a table that it is shared with", async () => {
    const lines = [imports, "export const all = ({ repo }) => repo.all(Accounts.User)"]
    expect(await problems(lines)).toEqual([])
    const alone = { ...usingAll, "bennu.config.ts": soundApp["bennu.config.ts"] ?? "" }
    expect(await problems(lines, alone)).toContain(at(8, 43, "users", "accounts"))
  })

  it("finds tables in joins, conditions, relations, templates and builders", async () => {
    const lines = [
      imports,
      "const one = ({ repo }) => repo.drizzle.select().from(notes).innerJoin(todos, eq(todos.id, notes.id))",
      "const two = { where: eq(todos.id, 1) }",
      "const Three = schema(notes, { hasMany: { todos: () => Todo } })",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of a template
      "const four = sql`select 1 from ${notes} join ${todos} on true`",
      "const five = { ...todos }, six = [Todo]",
      "const seven = { todos }",
    ]
    expect(await problems(lines)).toEqual([
      at(8, 71, "todos", "todos"),
      at(9, 25, "todos", "todos"),
      at(10, 55, "todos", "todos"),
      at(11, 48, "todos", "todos"),
      at(12, 19, "todos", "todos"),
      at(13, 17, "todos", "todos"),
    ])
  })

  it("finds tables in the text of SQL, also in a private copy of nothing but a name", async () => {
    const lines = [
      'const one = ({ repo }) => repo.sql.query("select * from todos where id = $1")',
      "const two = sql`select count(*)",
      "  from notes join public.todos using (id)`",
      'const three = sql.raw(" join tokens on true")',
      'const text = "delete from users"',
      'const four = "with todos as (select * from notes) select * from todos"',
      'const prose = "Select what you need from todos"',
    ]
    const unused = { "bennu.config.ts": soundApp["bennu.config.ts"] ?? "" }
    expect(await problems(lines, unused)).toEqual([
      at(7, 57, "todos", "todos"),
      at(9, 19, "todos", "todos"),
      at(10, 30, "tokens", "accounts"),
      at(11, 27, "users", "accounts"),
    ])
  })

  it("follows a table through faces, new names, aliases and schemas of PostgreSQL", async () => {
    const files = {
      "src/accounts/index.ts": `${soundApp["src/accounts/index.ts"]}export * from "./audit.ts"
export { tokens as keys } from "./password.ts"
export * as inner from "./password.ts"
`,
      "src/accounts/audit.ts": `import * as pg from "drizzle-orm/pg-core"
const audit = pg.pgSchema("audit")
export const entries = audit.table("entries", {}).enableRLS()
const made = pg.pgTableCreator((name) => \`app_\${name}\`)
export const grants = made("grants", {})
export const active = pg.pgView("active").as((qb) => qb.select().from(grants))
`,
    }
    const lines = [
      `${imports}; import { alias } from "drizzle-orm/pg-core"`,
      "const one = [Accounts.keys], two = [Accounts.inner.tokens]",
      'const other = alias(Accounts.entries, "other")',
      "const three = [other, Accounts.grants]",
      "const four = [Accounts.active.id]",
      "const five = sql`select * from audit.entries`",
    ]
    expect(await problems(lines, files)).toEqual([
      at(8, 14, "tokens", "accounts"),
      at(9, 21, "audit.entries", "accounts"),
      at(10, 23, "grants", "accounts"),
      at(11, 15, "active", "accounts"),
      at(12, 32, "audit.entries", "accounts"),
    ])
  })

  it("has nothing against types, foreign keys, and names that only look alike", async () => {
    const lines = [
      imports,
      "export type Row = typeof Todo.$inferSelect",
      "const key = pgTable('keys', { todo: text().references(() => todos.id) })",
      "const other = foreignKey({ columns: [], foreignColumns: [todos.id] })",
      "const one = (todos: string[]) => todos.length",
      "const two = ({ todos = 1, ...Todo }) => [todos, Todo]",
      "function three() { const todos = 1; for (const Todo of []) Todo; return todos }",
      "const four = { todos: 1 }.todos",
      "try {} catch (todos) { todos }",
      "Accounts.find()",
    ]
    expect(await problems(lines)).toEqual([])
  })

  it("lets nobody outside of contexts query at all", async () => {
    const text = `import { User } from "../accounts/index.ts"
export const page = ({ repo }) => repo.all(User)
const text = sql\`select * from todos\`
`
    const unused = { "bennu.config.ts": soundApp["bennu.config.ts"] ?? "" }
    expect(await problems([], { ...unused, "src/web/page.ts": text })).toEqual([
      "src/web/page.ts:2:44: code outside of contexts touches the table users of accounts [foreign-table]",
      "src/web/page.ts:3:32: code outside of contexts touches the table todos of todos [foreign-table]",
    ])
  })

  it("knows tables that are all defined in one file, by who claims them", async () => {
    const files = {
      "bennu.config.ts": `export default {
  contexts: {
    todos: { path: "src/todos.ts", tables: ["todos"] },
    notes: { path: "src/notes.ts", tables: ["notes", "links"] },
  },
  boundaries: { shared: ["src/tables.ts", "src/vocabulary.ts"], sharedTables: ["countries"], exclude: ["src/accounts", "src/web"] },
}
`,
      "src/tables.ts": `import { pgTable } from "drizzle-orm/pg-core"
export const todos = pgTable("todos", {}), notes = pgTable("notes", {}), countries = pgTable("countries", {})
export const forgotten = pgTable("forgotten", {})
`,
      "src/todos.ts":
        'import { countries, todos } from "./tables.ts"\nexport const list = () => [todos, countries]\n',
      "src/notes.ts":
        'import { notes, todos } from "./tables.ts"\nexport const list = () => [notes, todos]\n',
    }
    expect(await problems([], files)).toEqual([
      "src/notes.ts:2:35: notes touches the table todos of todos [foreign-table]",
      "src/tables.ts:3:26: no context owns the table forgotten [table-without-context]",
    ])
  })

  it("finds a table that is defined again elsewhere, or shared by who does not own it", async () => {
    const unused = {
      "bennu.config.ts": (soundApp["bennu.config.ts"] ?? "").replace(
        "notes: {",
        'notes: { shares: ["users"],',
      ),
    }
    expect(await problems(['export const mine = pgTable("todos", {})'], unused)).toEqual([
      "bennu.config.ts:5:23: notes shares users, which is not its own [config]",
      expect.stringMatching(
        /^src\/todos\.ts:3:22: the table todos is defined in src\/notes\.ts already \[table-twice\]$/,
      ),
    ])
  })
})

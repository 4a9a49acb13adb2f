import { readFileSync, rmSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { createDatabase } from "bennu-testkit"
import postgres from "postgres"
import { afterEach, describe, expect, it } from "vitest"
import { type AppFolder, appFolder } from "../testing/app-folder.ts"

// not written out in what follows, where a check of our own imports would take them for ours
const [REPO, SCHEMA, MIGRATIONS] = ["@bennu/repo", "@bennu/schema", "@bennu/migrations"]

const sound = (url: string): Readonly<Record<string, string>> => ({
  "package.json": '{ "type": "module", "version": "1.2.3" }',
  "bennu.config.ts": `import { openRepo } from "${REPO}"
import { postgres } from "${REPO}/postgres"
export default {
  database: {
    repo: () => openRepo({ driver: postgres({ url: "${url}", poolSize: 2 }) }),
    schemas: async () => (await import("./todos.ts")).schemas,
    seeds: async () => (await import("./todos.ts")).seeds,
  },
}
`,
  "todos.ts": `import { pgTable, text } from "drizzle-orm/pg-core"
import { schema } from "${SCHEMA}"
import { seedRows } from "${MIGRATIONS}"
const todos = pgTable("todos", { id: text().primaryKey(), title: text().unique() })
export const Todo = schema(todos)
export const schemas = [Todo]
export const seeds = [seedRows(Todo, [{ id: "1", title: "Sow" }, { id: "2" }], { key: ["id"], environments: ["demo"] })]
`,
  "migrations/20261122000000_create_todos.sql": `-- up
create table todos (
  id text primary key,
  title text
);
-- down
drop table todos;
`,
  "migrations/20261122000001_unique_titles.sql": `-- up
-- allow unique-without-index: nobody has a list yet
alter table todos add unique (title);
-- down
alter table todos drop constraint todos_title_key;
`,
})
const first = "migrations/20261122000000_create_todos.sql"

describe("bennu migrate", { timeout: 120_000 }, () => {
  const opened: { dispose(): unknown }[] = []
  afterEach(async () => {
    for (const { dispose } of opened.splice(0).toReversed()) await dispose()
  })
  /** An app with a database of its own, in which nothing was migrated yet. */
  async function newApp(): Promise<AppFolder & { readonly sql: postgres.Sql }> {
    const database = await createDatabase()
    opened.push({ dispose: () => database.drop() })
    const sql = postgres(database.url, { max: 1, onnotice: () => {} })
    opened.push({ dispose: () => sql.end() })
    const app = appFolder(sound(database.url))
    opened.push({ dispose: () => app[Symbol.dispose]() })
    symlinkSync(
      fileURLToPath(new URL("../../node_modules", import.meta.url)),
      join(app.folder, "node_modules"),
    )
    return Object.assign(app, { sql })
  }
  const changed = (app: AppFolder, path: string, from: string, to: string) => {
    const text = readFileSync(join(app.folder, path), "utf8")
    expect(text).toContain(from)
    app.write(path, text.replace(from, to))
  }

  it("applies what is missing, shows what was applied and by whom, and takes it back", async () => {
    const app = await newApp()
    expect(await app.bennu("migrate", "--by", "ada")).toEqual({
      code: 0,
      err: "",
      out: expect.stringMatching(
        /^20261122000000_create_todos applied in \d+ ms\n20261122000001_unique_titles applied in \d+ ms\n2 migrations applied\n$/,
      ),
    })
    expect(await app.bennu("migrate")).toMatchObject({ code: 0, out: "no migrations applied\n" })
    const { out } = await app.bennu("migrate", "status")
    expect(out.split("\n")).toEqual([
      expect.stringMatching(/^migration +state +applied +took +by +app$/),
      expect.stringMatching(
        /^20261122000000_create_todos +applied +\d{4}-\S+Z +\d+ ms +ada +1\.2\.3$/,
      ),
      expect.stringMatching(/^20261122000001_unique_titles +applied /),
      "",
    ])
    expect(await app.bennu("migrate", "rollback")).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^20261122000001_unique_titles taken back in \d+ ms\n1 migration /,
      ),
    })
    expect((await app.bennu("migrate", "rollback", "--steps", "5")).out).toContain("create_todos")
    const states = JSON.parse((await app.bennu("migrate", "status", "-f", "json")).out)
    expect(states.map(({ state }: { state: string }) => state)).toEqual(["pending", "pending"])
  })

  it("ends with 1 and the place where a migration fails", async () => {
    const app = await newApp()
    app.write(
      "migrations/20261122000002_wrong.sql",
      "-- up\nalter table todos\n  add other nonsense;\n",
    )
    expect(await app.bennu("migrate")).toMatchObject({
      code: 1,
      err: expect.stringContaining(
        `${join(app.folder, "migrations/20261122000002_wrong.sql")}:3:13) failed: type "nonsense" does not exist`,
      ),
    })
  })

  it("says for whom it waits, and gives up in time", async () => {
    const app = await newApp()
    await app.sql`select pg_advisory_lock(hashtext('bennu migrations'), hashtext('public'))`
    expect(await app.bennu("migrate", "--wait", "300ms")).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /^waiting for backend \d+ .*, which migrates \(0 s\)\n.*holds the migrations' lock/,
      ),
    })
  })

  describe("--check", () => {
    /** What it says of an app, a line for each problem. */
    const check = async (app: AppFolder) => {
      const { code, out } = await app.bennu("migrate", "--check")
      return { code, found: out.split("\n").filter((line) => /^\S.*\[[\w-]+\]$/.test(line)) }
    }

    it("has nothing against an app that is sound, migrated or not, and changes nothing", async () => {
      const app = await newApp()
      expect(await app.bennu("migrate", "--check")).toEqual({
        code: 0,
        err: "",
        out: "migrations: no problems in 2 migrations, 2 pending\n",
      })
      const left = await app.sql`select nspname from pg_namespace where nspname like 'bennu%'
        union select tablename from pg_tables where schemaname = 'public'`
      expect([...left]).toEqual([])
      await app.bennu("migrate")
      expect(await check(app)).toEqual({ code: 0, found: [] })
    })

    it("fails on a migration that was edited, gone, out of order or half done, naming its file and line", async () => {
      const app = await newApp()
      app.write("migrations/20261122000003_half.sql", "-- transaction: off\n-- up\nselect 1/0;\n")
      await app.bennu("migrate")
      changed(app, first, "title text", "title text not null")
      rmSync(join(app.folder, "migrations/20261122000001_unique_titles.sql"))
      app.write("migrations/20261121000000_late.sql", "-- up\ncreate table late ();\n")
      expect(await check(app)).toEqual({
        code: 1,
        found: [
          "migrations/20261121000000_late.sql:2:1: 20261121000000_late comes before 20261122000001_unique_titles, which was applied: databases get them in different orders, give it a newer version [migration-out-of-order]",
          `${first}:2:1: 20261122000000_create_todos was edited after it had been applied: restore it, write a new one [edited-migration]`,
          "migrations/20261122000001_unique_titles.sql:1:1: 20261122000001_unique_titles was applied, and its file is not there: restore it [missing-migration]",
          "migrations/20261122000003_half.sql:3:1: 20261122000003_half was begun and failed: correct the statement that failed and migrate again [partial-migration]",
          "migrations/20261122000003_half.sql:3:1: 20261122000003_half fails in an empty schema: division by zero (22012) in: select 1/0 [failed-migration]",
        ],
      })
    })

    it("fails on what was changed by hand, naming the migration that says otherwise", async () => {
      const app = await newApp()
      await app.bennu("migrate")
      await app.sql.unsafe(`alter table todos drop constraint todos_title_key;
        alter table todos add hack int; create table stray ();
        create table bennu_store (id int generated always as identity primary key)`)
      expect(await check(app)).toEqual({
        code: 1,
        found: [
          "migrations/20261122000001_unique_titles.sql:3:1: the database has not: constraint todos_title_key on todos UNIQUE (title) [drift]",
          "migrations/20261122000001_unique_titles.sql:3:1: the database has not: index CREATE UNIQUE INDEX todos_title_key ON todos USING btree (title) [drift]",
          "migrations/20261122000001_unique_titles.sql:3:1: no migration makes what is there: column todos.hack integer [drift]",
          "bennu.config.ts:1:1: no migration makes what is there: table stray [drift]",
        ],
      })
    })

    it("fails on a constraint that a schema declares and no migration makes, naming the schema", async () => {
      const app = await newApp()
      changed(
        app,
        "migrations/20261122000001_unique_titles.sql",
        "alter table todos add unique (title)",
        "select 1",
      )
      const report = JSON.parse((await app.bennu("migrate", "--check", "-f", "json")).out)
      expect(report).toEqual({
        problems: [
          {
            rule: "missing-constraint",
            file: "todos.ts",
            line: 5,
            column: 21,
            message: "no migration makes todos_title_unique of todos",
            hint: expect.stringContaining(
              'create unique index "todos_title_unique" on "todos" ("title");',
            ),
          },
        ],
        migrations: 2,
        pending: 2,
      })
    })

    it("fails on migrations that two branches generated side by side", async () => {
      const app = await newApp()
      const snapshot = (id: string) => JSON.stringify({ id, prevId: "root" })
      app.write(first.replace(".sql", ".snapshot.json"), snapshot("a"))
      app.write("migrations/20261122000001_unique_titles.snapshot.json", snapshot("b"))
      expect(await check(app)).toEqual({
        code: 1,
        found: [
          "migrations/20261122000001_unique_titles.snapshot.json:1:1: it was generated beside 20261122000000_create_todos, and knows nothing of what that makes [forked-snapshot]",
        ],
      })
    })

    it("annotates a pull request on GitHub", async () => {
      const app = await newApp()
      app.write(first, "-- up\ncreate table todos (id text);\nnonsense;\n")
      expect(await app.bennu("migrate", "--check", "-f", "github")).toMatchObject({
        code: 1,
        out: expect.stringContaining(`::error file=${first},line=3,col=1,title=failed-migration::`),
      })
    })
  })

  it("finds by lint what would hurt an app in use, with the safe way", async () => {
    const app = await newApp()
    expect(await app.bennu("migrate", "lint")).toMatchObject({ code: 0 })
    app.write(
      "migrations/20261122000002_title.sql",
      "-- up\nalter table todos alter title set not null;\n",
    )
    const { code, out } = await app.bennu("migrate", "lint")
    expect(code).toBe(1)
    expect(out).toContain("migrations/20261122000002_title.sql:2:1: looks at all rows of todos")
    expect(out).toContain("  alter table todos add constraint title_not_null")
    expect(out).toContain("migrations: 1 problem in 3 migrations\n")
  })

  it("generates the next migration from the tables, which can be applied and taken back", async () => {
    const app = await newApp()
    for (const path of [first, "migrations/20261122000001_unique_titles.sql"])
      rmSync(join(app.folder, path))
    const create = await app.bennu("migrate", "generate", "create_todos")
    expect(create).toMatchObject({
      code: 0,
      err: "",
      out: expect.stringMatching(/^migrations\/\d{14}_create_todos\.sql written\n$/),
    })
    expect(await app.bennu("migrate", "generate", "again")).toMatchObject({
      code: 0,
      out: "nothing changed\n",
    })
    expect(await app.bennu("migrate")).toMatchObject({
      code: 0,
      out: expect.stringContaining("1 migration applied"),
    })
    expect(await app.bennu("migrate", "--check")).toMatchObject({ code: 0 })
    expect(await app.bennu("migrate", "rollback")).toMatchObject({ code: 0 })
    expect([...(await app.sql`select 1 from pg_tables where tablename = 'todos'`)]).toEqual([])
    expect(await app.bennu("migrate", "generate", "../todos")).toMatchObject({ code: 2 })
  })

  it("generates after migrations that were written by hand once it has a baseline of them", async () => {
    const app = await newApp()
    const unique = "migrations/20261122000001_unique_titles.sql"
    expect(await app.bennu("migrate", "generate", "add_done")).toMatchObject({
      code: 1,
      err: expect.stringContaining("bennu migrate generate --baseline"),
    })
    expect(await app.bennu("migrate", "generate", "--baseline")).toMatchObject({
      code: 1,
      err: expect.stringContaining(
        "alter table todos rename constraint todos_title_key to todos_title_unique;",
      ),
    })
    changed(app, unique, "add unique (title)", "add constraint todos_title_unique unique (title)")
    changed(app, unique, "drop constraint todos_title_key", "drop constraint todos_title_unique")
    changed(app, first, "title text\n", "title text,\n  note text\n")
    expect(await app.bennu("migrate", "generate", "--baseline")).toEqual({
      code: 0,
      err: "",
      out: "in no table's declaration: column todos.note text\nmigrations/20261122000001_unique_titles.snapshot.json written\n",
    })
    // under other names, as this process has read these modules already
    const read = (path: string) => readFileSync(join(app.folder, path), "utf8")
    app.write("later.config.ts", read("bennu.config.ts").replaceAll("./todos.ts", "./later.ts"))
    app.write("later.ts", read("todos.ts").replace("unique()", "unique(), done: text()"))
    const { out, err } = await app.bennu("migrate", "generate", "add_done", "-c", "later.config.ts")
    expect(err).toBe("")
    const file = out.replace(" written\n", "")
    expect(read(file)).toMatch(/^-- up\nALTER TABLE "todos" ADD COLUMN "done" text;\n\n-- down\n/)
    expect(await app.bennu("migrate", "generate")).toMatchObject({ code: 2 })
  })

  it("seeds what belongs to an environment, and finds nothing to do the second time", async () => {
    const app = await newApp()
    await app.bennu("migrate")
    expect(await app.bennu("seed")).toMatchObject({
      code: 0,
      out: "no seeds of 1 changed something\n",
    })
    expect(await app.bennu("seed", "-e", "demo")).toMatchObject({
      code: 0,
      out: "todos: 2 rows changed\n1 seed of 1 changed something\n",
    })
    expect(await app.bennu("seed", "-e", "demo")).toMatchObject({
      code: 0,
      out: "todos: no rows changed\nno seeds of 1 changed something\n",
    })
    expect([...(await app.sql`select title from todos order by id`)]).toEqual([
      { title: "Sow" },
      { title: null },
    ])
  })

  it("seeds as many rows by volume as is asked, and says what made them", async () => {
    const app = await newApp()
    changed(app, "todos.ts", "{ seedRows }", "{ seedRows, seedVolume }")
    changed(
      app,
      "todos.ts",
      "export const seeds = [",
      'export const seeds = [seedVolume(Todo, (n) => ({ id: String(-n) }), { name: "crowd", count: 9, environments: ["load"] }), ',
    )
    await app.bennu("migrate")
    expect(
      await app.bennu("seed", "-e", "load", "--rows", "2k", "--random-seed", "7"),
    ).toMatchObject({
      code: 0,
      out: "crowd: 2000 rows changed, randomSeed 7\n1 seed of 2 changed something\n",
    })
    expect(await app.bennu("seed", "--rows", "many")).toMatchObject({ code: 2 })
  })

  it("ends with 2 where it was called or configured wrongly, or reaches no database", async () => {
    const app = await newApp()
    for (const [args, said] of [
      [["migrate", "--wait", "soon"], "soon"],
      [["migrate", "--phase", "mid"], "Allowed choices are pre, post"],
      [["migrate", "rollback", "--steps", "0"], "no number from 1"],
    ] as const)
      expect(await app.bennu(...args)).toMatchObject({
        code: 2,
        err: expect.stringContaining(said),
      })
    app.write("none.config.ts", "export default {}\n")
    expect(await app.bennu("migrate", "-c", "none.config.ts")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/none\.config\.ts tells of no database\n {2}Add it: database:/),
    })
    app.write("away.config.ts", sound("postgres://127.0.0.1:1/nowhere")["bennu.config.ts"] ?? "")
    expect(await app.bennu("migrate", "--check", "-c", "away.config.ts")).toMatchObject({
      code: 2,
      err: expect.stringContaining("Nothing listens there"),
    })
  })
})

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { openRepo, type Repo } from "@bennu/repo"
import { pglite } from "@bennu/repo/pglite"
import { sql } from "drizzle-orm"
import { check, index, integer, pgEnum, pgSchema, pgTable, text } from "drizzle-orm/pg-core"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { GenerateError, generateMigration, writeBaseline, writeMigration } from "../generate.ts"
import {
  driftOf,
  forkedSnapshots,
  migrate,
  migration,
  migrationsIn,
  proveMigrations,
} from "../index.ts"

const users = pgTable("users", { id: integer().primaryKey(), name: text().notNull() })
const mood = pgEnum("mood", ["sad", "glad"])
const posts = pgTable(
  "posts",
  {
    id: integer().primaryKey(),
    userId: integer().references(() => users.id),
    mood: mood().default("sad"),
  },
  (table) => [index("posts_user").on(table.userId), check("posts_positive", sql`${table.id} > 0`)],
)

describe("migrations generated from tables", { timeout: 60_000 }, () => {
  let repo: Repo & AsyncDisposable
  let folder = ""
  let time = Date.UTC(2026, 10, 22)
  const now = () => (time += 1_000)
  beforeAll(async () => {
    repo = await openRepo({ driver: pglite({ dir: "memory://" }) }).start(AbortSignal.any([]))
  }, 60_000)
  afterAll(() => repo[Symbol.asyncDispose]())
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bennu-generate-"))
  })
  afterEach(() => rm(folder, { recursive: true }))
  const write = (name: string, exports: Record<string, unknown>) =>
    writeMigration(folder, name, exports, { now, casing: "snake_case", prove: repo.sql })

  it("are written one after the other, each with a way back that is proved", async () => {
    expect(await write("users", { users })).toBe(join(folder, "20261122000001_users.sql"))
    expect(await write("posts", { users, posts, mood })).toContain("_posts.sql")
    expect(await write("nothing", { users, posts, mood })).toBeNull()
    const all = await migrationsIn(folder)
    expect(all.map(({ id }) => id)).toHaveLength(2)
    expect(await proveMigrations(repo.sql, all)).toEqual([])
    const posted = `${join(folder, "20261122000002_posts.sql")}`
    expect(await driftOf(repo.sql, all)).toContainEqual({
      difference: "- table posts",
      place: expect.stringMatching(new RegExp(`^${posted}:\\d+$`)),
    })
    await migrate(repo.sql, all)
    expect(await driftOf(repo.sql, all)).toEqual([])
    await repo.sql.query("alter table posts add by_hand int")
    await repo.sql.query("drop index posts_user")
    const lineOf = async (file: string, text: string) =>
      `${file}:${(await readFile(file, "utf8")).split("\n").findIndex((line) => line.includes(text)) + 1}`
    await repo.sql.query("create table stray ()")
    expect(await driftOf(repo.sql, all)).toEqual([
      {
        difference: "- index CREATE INDEX posts_user ON posts USING btree (user_id)",
        place: await lineOf(posted, "INDEX"),
      },
      { difference: "+ column posts.by_hand integer", place: expect.stringContaining(posted) },
      { difference: "+ table stray", place: null },
    ])
  })

  it("say where rows are lost", async () => {
    await write("both", { users, posts, mood })
    const file = (await write("one", { users })) ?? ""
    expect(await readFile(file, "utf8")).toContain('-- loses rows: DROP TABLE "posts" CASCADE')
  })

  it("are refused where they could be a rename, and nothing is written", async () => {
    await write("users", { users })
    const people = pgTable("people", { id: integer().primaryKey() })
    await expect(write("people", { people })).rejects.toBeInstanceOf(GenerateError)
    const renamed = pgTable("users", { id: integer().primaryKey(), title: text().notNull() })
    await expect(write("title", { users: renamed })).rejects.toThrow(
      "columns of users: name gone and title new",
    )
    expect(await readdir(folder)).toHaveLength(2)
  })

  describe("in a folder of migrations that were written by hand", () => {
    const byHand = (name: string, text: string) => writeFile(join(folder, name), text)
    const baseline = (exports: Record<string, unknown>) =>
      writeBaseline(folder, exports, { casing: "snake_case", prove: repo.sql })
    const handwritten = () =>
      byHand(
        "1_all.sql",
        `-- up
create table users (id int primary key, name text not null, legacy text);
create type mood as enum ('sad', 'glad');
create table posts (id int primary key, user_id int references users, mood mood default 'sad', check (id > 0));
create index posts_by_user on posts (user_id);
create function nothing() returns int language sql as 'select 1';
-- down
drop function nothing; drop table posts; drop type mood; drop table users;
`,
      )

    it("are refused until a snapshot tells what those make, and nothing is written", async () => {
      await handwritten()
      for (const prove of [repo.sql, undefined])
        await expect(
          writeMigration(folder, "more", { users, posts, mood }, { prove }),
        ).rejects.toMatchObject({
          code: "ERR_MIGRATIONS_GENERATE",
          hint: expect.stringContaining("--baseline"),
        })
      expect(await readdir(folder)).toEqual(["1_all.sql"])
    })

    it("go on from a baseline, which is written once the tables are what those make", async () => {
      await handwritten()
      const refused = await baseline({ users, posts, mood }).catch((error: unknown) => error)
      expect(refused).toMatchObject({
        code: "ERR_MIGRATIONS_GENERATE",
        hint: `Write a migration that names things as Drizzle does:
alter table posts rename constraint posts_id_check to posts_positive;
alter table posts rename constraint posts_user_id_fkey to posts_user_id_users_id_fk;
alter index posts_by_user rename to posts_user;`,
      })
      const { hint = "" } = refused as GenerateError
      await byHand("2_names.sql", `-- up\n${hint.slice(hint.indexOf("\n"))}\n`)
      expect(await baseline({ users, posts, mood })).toEqual({
        file: join(folder, "2_names.snapshot.json"),
        undeclared: ["column users.legacy text", expect.stringMatching(/^function nothing\(\) /)],
      })
      expect(await write("nothing", { users, posts, mood })).toBeNull()
      const file = (await write("no_posts", { users })) ?? ""
      expect(await readFile(file, "utf8")).toContain("DROP TABLE")
      expect(await migrationsIn(folder)).toHaveLength(3)
      await expect(baseline({ users })).rejects.toThrow("has a snapshot already")
    })

    it("have no baseline where something that is declared is not made", async () => {
      await byHand("1_users.sql", "-- up\ncreate table users (id int primary key, name varchar);\n")
      await expect(baseline({ users })).rejects.toMatchObject({
        hint: `Make alike what is declared (-) and what is made (+):
- column users.name text not null
+ column users.name character varying`,
      })
      expect(await readdir(folder)).toEqual(["1_users.sql"])
    })

    it("need no baseline after migrations that make no tables", async () => {
      await byHand(
        "1_function.sql",
        "-- up\ncreate function one() returns int language sql as 'select 1';\n",
      )
      expect(await write("users", { users })).toContain("_users.sql")
    })

    it("leave nothing beside the scratch schema", async () => {
      await byHand("1_one.sql", "-- up\ncreate table one ();\n")
      const inside = pgSchema("inside")
      await baseline({ inside, rooms: inside.table("rooms", { id: integer() }) })
      const { rows } = await repo.sql.query(
        "select nspname from pg_namespace where nspname = 'inside' or nspname like 'bennu_scratch%'",
      )
      expect(rows).toEqual([])
    })
  })

  it("are refused after those of two branches, until a baseline brings them together", async () => {
    await write("users", { users })
    const start = await readdir(folder)
    const branch = async (name: string, exports: Record<string, unknown>) => {
      const file = (await write(name, exports)) ?? ""
      const files = [file, file.replace(".sql", ".snapshot.json")]
      return { files, texts: await Promise.all(files.map((path) => readFile(path, "utf8"))) }
    }
    const [one, two] = [pgTable("one", { id: integer() }), pgTable("two", { id: integer() })]
    const mine = await branch("one", { users, one })
    expect(await forkedSnapshots(folder)).toEqual([])
    for (const path of mine.files) await rm(path)
    expect(await readdir(folder)).toEqual(start)
    const theirs = await branch("two", { users, two })
    // the branches are merged
    await Promise.all(mine.files.map((path, at) => writeFile(path, mine.texts[at] ?? "")))
    const names = [mine, theirs].map(({ files: [file = ""] }) => basename(file, ".sql"))
    expect(await forkedSnapshots(folder)).toEqual(names)
    const merged = { users, one, two }
    await expect(write("more", merged)).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_GENERATE",
      message: `${names.join(" and ")} were generated side by side`,
    })
    const options = { casing: "snake_case", prove: repo.sql } as const
    expect(await writeBaseline(folder, merged, options)).toEqual({
      file: theirs.files[1],
      undeclared: [],
    })
    expect(await forkedSnapshots(folder)).toEqual([])
    expect(await write("nothing", merged)).toBeNull()
    await writeFile(mine.files[1] ?? "", "<<<<<<< HEAD")
    await expect(forkedSnapshots(folder)).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_FORMAT",
      hint: expect.stringContaining(mine.files[1] ?? ""),
    })
  })

  it("know no schema by name", async () => {
    const { up } = await generateMigration({ users, posts, mood })
    expect(up.join()).not.toContain("public")
  })
})

describe("proveMigrations", { timeout: 60_000 }, () => {
  it("finds a way back that leaves something, loses something, or is none", async () => {
    await using repo = await openRepo({ driver: pglite({ dir: "memory://" }) }).start(
      AbortSignal.any([]),
    )
    const found = await proveMigrations(repo.sql, [
      migration("1_tables", {
        up: "create table a (x int); create table b ()",
        down: "drop table b; drop table a",
      }),
      migration("2_left", {
        up: "alter table a add y int",
        down: async (sql) => {
          await sql.query("alter table a drop y")
          await sql.query("create index left_over on a (x)")
        },
      }),
      migration("3_none", { up: "create table c ()" }),
    ]).catch((error: unknown) => error)
    expect(found).toEqual([
      {
        migration: "2_left",
        problem: "down",
        difference: ["+ index CREATE INDEX left_over ON a USING btree (x)"],
      },
      {
        migration: "2_left",
        problem: "upAgain",
        difference: ["+ index CREATE INDEX left_over ON a USING btree (x)"],
      },
      { migration: "3_none", problem: "irreversible", difference: [] },
    ])
    const { rows } = await repo.sql.query(
      "select nspname from pg_namespace where nspname like 'bennu_scratch%'",
    )
    expect(rows).toEqual([])
  })
})

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openRepo, type Repo } from "@bennu/repo"
import { pglite } from "@bennu/repo/pglite"
import { sql } from "drizzle-orm"
import { check, index, integer, pgEnum, pgTable, text } from "drizzle-orm/pg-core"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { GenerateError, generateMigration, writeMigration } from "../generate.ts"
import { driftOf, migrate, migration, migrationsIn, proveMigrations } from "../index.ts"

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

import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { describe, expect, it } from "vitest"
import { type Migration, migration, migrationsIn, sqlMigration } from "./index.ts"

const textsOf = (step: Migration["up"] | undefined) =>
  step && "statements" in step ? step.statements.map(({ text }) => text) : step

describe("sqlMigration", () => {
  it("has the statements of its sections", () => {
    const made = sqlMigration(
      "20261122000000_create_tags",
      "-- Tags.\n-- up\ncreate table tags (name text); -- why\ncreate index on tags (name);\n-- down\ndrop table tags;\n",
    )
    expect(made).toMatchObject({ version: "20261122000000", transaction: true })
    expect(textsOf(made.up)).toEqual([
      "create table tags (name text)",
      "create index on tags (name)",
    ])
    expect(textsOf(made.down)).toEqual(["drop table tags"])
  })

  it("takes a marker inside of a string or a body for what it is", () => {
    const body = "do $$\n-- down\nbegin end $$"
    expect(textsOf(sqlMigration("1_a", `-- up\n${body};\nselect '\n-- down\n'`).up)).toEqual([
      body,
      "select '\n-- down\n'",
    ])
  })

  it("runs outside of a transaction where the file says so", () => {
    const made = sqlMigration(
      "1_a",
      "-- transaction: off\n-- up\ncreate index concurrently i on t (a)",
    )
    expect(made).toMatchObject({ transaction: false, down: undefined })
  })

  it.each([
    ["1_a", "create table t ()", 'a statement stands before "-- up"'],
    ["1_a", "", 'a statement stands before "-- up"'],
    ["1_a", "-- up\nselect 1;\n-- up\nselect 2", 'two "-- up"'],
    ["1_a", "-- up\nselect 1;\nCOMMIT;", '"commit" ends or starts a transaction'],
    ["1_a", "-- up\nselect 1;\n-- down\nbegin; select 2", '"begin" ends or starts a transaction'],
    ["a", "-- up\nselect 1", "is no name for a migration"],
    ["1_a; drop table t", "-- up\nselect 1", "is no name for a migration"],
  ])("refuses %s: %j", (id, source, message) => {
    expect(() => sqlMigration(id, source)).toThrow(message)
  })

  it("has the statements of a list, whatever stands at their ends", () => {
    const made = migration("1_a", { up: ["select 1 -- one", "select 2;", "select 3"] })
    expect(textsOf(made.up)).toEqual(["select 1", "select 2", "select 3"])
  })

  it("has the same checksum whatever stands between its statements, and another when they change", () => {
    const sum = (source: string) => sqlMigration("1_a", source).checksum
    expect(sum("-- up\n\n-- new words\nselect 1;\r\n-- down\nselect 2")).toBe(
      sum("-- up\nselect 1"),
    )
    expect(sum("-- up\nselect 2")).not.toBe(sum("-- up\nselect 1"))
    expect(migration("1_a", { up: async () => {} }).checksum).toBeNull()
  })
})

describe("migrationsIn", () => {
  it("reads SQL files and modules in the order of their versions, and leaves other files alone", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bennu-migrations-"))
    try {
      const files = {
        "10_tags.sql": "-- up\nselect 10",
        "9_users.sql": "-- up\nselect 9",
        "11_code.mjs": "export async function up(sql) { await sql.query('select 11') }",
        "11_code.test.ts": "throw new Error('not me')",
        "README.md": "# Migrations",
        "helper.ts": "throw new Error('nor me')",
      }
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
      const found = await migrationsIn(pathToFileURL(`${folder}/`))
      expect(found.map(({ id }) => id)).toEqual(["9_users", "10_tags", "11_code"])
      expect(textsOf(found[2]?.up)).toBeTypeOf("function")

      await writeFile(join(folder, "009_again.sql"), "-- up\nselect 9")
      await expect(migrationsIn(folder)).rejects.toMatchObject({
        code: "ERR_MIGRATIONS_FORMAT",
        message: expect.stringContaining("has the version of"),
      })
      await rm(join(folder, "009_again.sql"))
      await writeFile(join(folder, "12_empty.mjs"), "export const nothing = 1")
      await expect(migrationsIn(folder)).rejects.toMatchObject({
        code: "ERR_MIGRATIONS_FORMAT",
        migration: "12_empty",
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it("says which folder it cannot read", async () => {
    await expect(migrationsIn("/nowhere/at/all")).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_FORMAT",
      migration: "/nowhere/at/all",
    })
  })
})

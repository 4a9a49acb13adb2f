import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { drizzleMigrationsIn } from "./index.ts"

describe("drizzleMigrationsIn", () => {
  let folder = ""
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bennu-drizzle-"))
  })
  afterEach(() => rm(folder, { recursive: true }))
  const read = async () =>
    (await drizzleMigrationsIn(folder)).map(({ id, up }) => [
      id,
      "statements" in up ? up.statements.map(({ text }) => text) : up,
    ])
  const journal = async (...tags: string[]) => {
    await mkdir(join(folder, "meta"))
    const entries = tags.map((tag, idx) => ({ idx, version: "7", when: 1, tag, breakpoints: true }))
    await writeFile(join(folder, "meta/_journal.json"), JSON.stringify({ version: "7", entries }))
  }

  it("reads the folders of drizzle-kit 0.x", async () => {
    await journal("0000_wild-cat", "0001_b")
    await writeFile(
      join(folder, "0000_wild-cat.sql"),
      "create table a ()--> statement-breakpoint\ncreate table b ();--> statement-breakpoint\n",
    )
    await writeFile(join(folder, "0001_b.sql"), "drop table b;")
    expect(await read()).toEqual([
      ["0000_wild_cat", ["create table a ()", "create table b ()"]],
      ["0001_b", ["drop table b"]],
    ])
  })

  it("reads those of drizzle-kit 1.0", async () => {
    await mkdir(join(folder, "20251122101010_wild_cat"))
    await writeFile(join(folder, "20251122101010_wild_cat/migration.sql"), "create table a ();")
    expect(await read()).toEqual([["20251122101010_wild_cat", ["create table a ()"]]])
  })

  it("misses what the journal names, and says what is no such folder", async () => {
    await expect(drizzleMigrationsIn(folder)).rejects.toThrow("no folder of drizzle-kit's")
    await journal("0000_gone")
    await expect(drizzleMigrationsIn(folder)).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_FORMAT",
      migration: "0000_gone",
    })
  })
})

import { checkConstraints, migrate, migrationsIn, proveMigrations } from "@bennu/migrations"
import { lintMigrations } from "@bennu/migrations/lint"
import { openRepo } from "@bennu/repo"
import { pglite } from "@bennu/repo/pglite"
import { describe, expect, it } from "vitest"
import * as Articles from "./articles.ts"
import * as Comments from "./comments.ts"
import * as Readers from "./readers.ts"

describe("Conduit's migrations", () => {
  const read = () => migrationsIn(new URL("../migrations/", import.meta.url))

  it("keep nobody waiting and break nothing that runs", async () => {
    const migrations = await read()
    expect(migrations.length).toBeGreaterThan(0)
    expect(await lintMigrations(migrations)).toEqual([])
  })

  it("lead back, and make what the schemas declare", { timeout: 60_000 }, async () => {
    const driver = pglite({ dir: "memory://" })
    await using repo = await openRepo({ driver }).start(AbortSignal.any([]))
    const migrations = await read()
    expect(await proveMigrations(repo.sql, migrations)).toEqual([])
    await migrate(repo.sql, migrations)
    const schemas = [...Articles.schemas, ...Comments.schemas, ...Readers.schemas]
    await checkConstraints(repo.sql, schemas)
  })
})

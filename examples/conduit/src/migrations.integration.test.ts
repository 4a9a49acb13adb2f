import { migrationsIn } from "@bennu/migrations"
import { lintMigrations } from "@bennu/migrations/lint"
import { describe, expect, it } from "vitest"

describe("Conduit's migrations", () => {
  it("keep nobody waiting and break nothing that runs", async () => {
    const migrations = await migrationsIn(new URL("../migrations/", import.meta.url))
    expect(migrations.length).toBeGreaterThan(0)
    expect(await lintMigrations(migrations)).toEqual([])
  })
})

// biome-ignore lint/correctness/noUndeclaredDependencies: only this package's tests import this file
import { expect, it } from "vitest"
import { migrate, migration, rollback } from "../index.ts"
import { colors, type Migrated, tags } from "./migrated.ts"

/** How migrations are taken back. */
export function rollbackContract(db: Migrated): void {
  it("are taken back, newest first, as far as asked", async () => {
    await migrate(db.repo.sql, [tags, colors])
    expect(await rollback(db.repo.sql, [tags, colors])).toEqual([colors.id])
    expect(await migrate(db.repo.sql, [tags, colors])).toEqual([colors.id])
    expect(await rollback(db.repo.sql, [tags, colors], { to: tags.version })).toEqual([colors.id])
    expect(await rollback(db.repo.sql, [tags, colors], { steps: 5 })).toEqual([tags.id])
    expect(await db.exists("tags")).toBe(false)
    expect(await rollback(db.repo.sql, [tags, colors])).toEqual([])
  })

  it("without a way back stop a rollback before it begins", async () => {
    const oneWay = migration("20261122000005_one_way", { up: "create table one_way ()" })
    await migrate(db.repo.sql, [tags, oneWay, colors])
    const irreversible = { code: "ERR_MIGRATIONS_IRREVERSIBLE", migration: oneWay.id }
    await expect(rollback(db.repo.sql, [tags, oneWay], { steps: 2 })).rejects.toMatchObject(
      irreversible,
    )
    await expect(rollback(db.repo.sql, [tags], { steps: 1 })).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_IRREVERSIBLE",
      message: expect.stringContaining("its file is not there"),
    })
    expect(await db.exists("one_way")).toBe(true)
  })
}

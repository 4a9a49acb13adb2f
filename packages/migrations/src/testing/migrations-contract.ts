import type { Driver } from "@bennu/repo"
// biome-ignore lint/correctness/noUndeclaredDependencies: only this package's tests import this file
import { beforeEach, describe } from "vitest"
import { applyingContract } from "./applying-contract.ts"
import { definitionsContract } from "./definitions-contract.ts"
import { driftContract } from "./drift-contract.ts"
import { failingContract } from "./failing-contract.ts"
import { opened } from "./migrated.ts"
import { rollbackContract } from "./rollback-contract.ts"
import { seedsContract } from "./seeds-contract.ts"

/** What migrating does on every driver. */
export function migrationsContract(name: string, driver: () => Promise<Driver>): void {
  describe(`migrations on ${name}`, { timeout: 30_000 }, () => {
    const db = opened(name, driver)
    beforeEach(() =>
      db.repo.sql.session(async (sql) => {
        await sql.query("set client_min_messages = error")
        await sql.query("drop schema public cascade")
        await sql.query("create schema public")
      }),
    )
    applyingContract(db)
    failingContract(db)
    driftContract(db)
    rollbackContract(db)
    definitionsContract(db)
  })

  describe(`seeds on ${name}`, { timeout: 30_000 }, () => {
    const db = opened(name, driver)
    beforeEach(async () => {
      await db.repo.sql.query("drop table if exists tags, bennu_seeds")
      await db.repo.sql.query("create table tags (name text primary key)")
    })
    seedsContract(db)
  })
}

import { sql } from "drizzle-orm"
import { afterAll, beforeAll, beforeEach, describe } from "vitest"
import type { Driver } from "../driver.ts"
import { openRepo } from "../open-repo.ts"
import type { Repo } from "../repo.ts"
import { changesetContract } from "./changeset-contract.ts"
import { copyContract } from "./copy-contract.ts"
import { multiContract } from "./multi-contract.ts"
import { readingContract } from "./reading-contract.ts"
import { scopeContract } from "./scope-contract.ts"
import { streamContract } from "./stream-contract.ts"
import { createTables, emptyTables } from "./tables.ts"
import { transactionContract } from "./transaction-contract.ts"
import { writingContract } from "./writing-contract.ts"

/**
 * What a repo does, whatever its driver. Run it against yours.
 * @param driver Called once; it leads to an empty database.
 */
export function repoContract(name: string, driver: () => Promise<Driver>): void {
  describe(`a repo on ${name}`, { timeout: 30_000 }, () => {
    let open: (Repo & AsyncDisposable) | undefined
    const repo = (): Repo => {
      if (open === undefined) throw new Error("the repo is not open")
      return open
    }

    beforeAll(async () => {
      const child = openRepo({ driver: await driver(), casing: "snake_case" })
      open = await child.start(new AbortController().signal)
      for (const statement of createTables) await open.sql.query(statement)
    }, 60_000)
    beforeEach(() => repo().query(sql.raw(emptyTables)))
    afterAll(() => open?.[Symbol.asyncDispose]())

    readingContract(repo)
    writingContract(repo)
    changesetContract(repo)
    scopeContract(repo)
    streamContract(repo)
    copyContract(repo)
    transactionContract(repo)
    multiContract(repo)
  })
}

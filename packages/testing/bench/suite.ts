import { openRepo, type Repo } from "@bennu/repo"
import { postgres } from "@bennu/repo/postgres"
import { emptyTables, inSchema, openSandbox } from "@bennu/repo/testing"
import { change } from "@bennu/schema"
import { factory } from "@bennu/schema/factory"
import { type SandboxLike, setup, withRepo, withUser } from "@bennu/testing"
import { afterAll, beforeAll, expect, it } from "vitest"
import { createTables, Note, User } from "./tables.ts"

const { SUITE_KIND: kind, SUITE_URL: url = "", VITEST_POOL_ID: worker } = process.env
const driver = postgres({ url, poolSize: 5 })
type Box = SandboxLike<Repo> & AsyncDisposable

/** What is done by hand: real commits, and nothing in the tables when a test begins. */
async function truncated(): Promise<Box> {
  const own = inSchema(driver, `test_${worker}`)
  const repo = await openRepo({ driver: own }).start(new AbortController().signal)
  for (const statement of createTables) await repo.sql.query(statement)
  return {
    async run(work) {
      await emptyTables(repo)
      return work({ repo })
    },
    [Symbol.asyncDispose]: () => repo[Symbol.asyncDispose](),
  }
}

const user = factory(User, (n) => ({ email: `user${n}@${process.pid}.example.com` }))
const note = factory(Note, (n) => ({ text: `Note ${n}` }))
const each = kind === "truncate" ? it : it.concurrent

/** The tests of one file. */
export function suite(): void {
  let box: Box
  beforeAll(async () => {
    box = kind === "truncate" ? await truncated() : await openSandbox({ driver })
  })
  afterAll(() => box[Symbol.asyncDispose]())
  const tests = setup()
    .and(withRepo<Repo>({ run: (work) => box.run(work) }))
    .and(withUser(user))
  for (let at = 0; at < 50; at++)
    each(
      `counts its own rows (${at})`,
      tests.test(async ({ repo, user: me }) => {
        await note.insertMany(repo, 2, { user: me })
        const changed = await repo.transaction(async (tx) =>
          tx.update(change(User, await tx.fetch(User, me.id), { email: `new ${me.email}` })),
        )
        expect(changed.ok).toBe(true)
        expect([await repo.count(User), await repo.count(Note)]).toEqual([1, 2])
      }),
    )
}

import { openRepo, type Repo } from "@bennu/repo"
import { postgres } from "@bennu/repo/postgres"
import { openSandbox } from "@bennu/repo/testing"
import { change } from "@bennu/schema"
import { factory } from "@bennu/schema/factory"
import { type SandboxLike, setup, withRepo, withUser } from "@bennu/testing"
import { eq } from "drizzle-orm"
import { afterAll, describe, expect, it } from "vitest"
import { Note, notes, User } from "./tables.ts"

const { SUITE_URL: url = "", SUITE_PART: part, SUITE_PLANTED: planted } = process.env
const TESTS = 125
type Box = SandboxLike<Repo> & { readonly repo: Repo }

const driver = postgres({ url, poolSize: 5 })
await using stack = new AsyncDisposableStack()
/** The planted fault: tests that share a database which nobody takes anything back from. */
const plain = async (): Promise<Box> => {
  const repo = stack.use(await openRepo({ driver }).start(new AbortController().signal))
  return { repo, run: async (work) => work({ repo }) }
}
const sandbox: Box = planted ? await plain() : stack.use(await openSandbox({ driver }))
const open = stack.move()
afterAll(() => open[Symbol.asyncDispose]())

// two transactions that insert the same unique value wait for one another
const user = factory(User, (n) => ({ email: `user${n}@${process.pid}.example.com` }))
const note = factory(Note, (n) => ({ text: `Note ${n}` })).belongsTo({ user })
const tests = setup().and(withRepo(sandbox)).and(withUser(user))

/** What an app's context does: it knows nothing of tests. */
const rename = (from: string, to: string) =>
  sandbox.repo.transaction(async (tx) => {
    const found = await tx.one(User, { where: eq(User.table.email, from) })
    if (found === null) throw new Error(`${from} is not there`)
    return tx.update(change(User, found, { email: to }))
  })

describe(`part ${part}`, () => {
  for (let at = 0; at < TESTS; at++)
    it.concurrent(
      `sees only its own rows (${at})`,
      tests.test(async ({ repo, user: me }) => {
        expect(await repo.count(User)).toBe(1)
        await note.insertMany(repo, at % 3, { user: me })
        expect(await sandbox.repo.count(Note)).toBe(at % 3)
        expect(await rename(me.email, `renamed ${me.email}`)).toMatchObject({ ok: true })
        await repo.deleteAll(Note, { where: eq(notes.userId, me.id) })
        expect([await repo.count(Note), await repo.count(User)]).toEqual([0, 1])
      }),
    )
})

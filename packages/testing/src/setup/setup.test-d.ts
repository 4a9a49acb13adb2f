import { describe, expectTypeOf, it } from "vitest"
import { setup, testClock, withClock, withRepo, withUser } from "../index.ts"

const sandbox = {
  run: <T>(work: (test: { readonly repo: { readonly rows: number } }) => PromiseLike<T>) =>
    Promise.resolve(work({ repo: { rows: 1 } })),
}
const users = {
  insert: async (repo: { readonly rows: number }) => ({ id: repo.rows, email: "ada@example.com" }),
}

describe("a setup's types", () => {
  it("know what fixtures made, and what they need", () => {
    const members = setup().and(withRepo(sandbox)).and(withUser(users)).and(withClock(testClock()))
    members.test(({ token, repo, user, clock }) => {
      expectTypeOf(token).toEqualTypeOf<string>()
      expectTypeOf(repo.rows).toEqualTypeOf<number>()
      expectTypeOf(user.email).toEqualTypeOf<string>()
      clock.freeze()
    })
    const withAda = withUser(users)
    // @ts-expect-error nobody has made a repo yet
    setup().and(withAda)
    const visitors = setup().and(withRepo(sandbox))
    // @ts-expect-error nobody has made a user
    visitors.test(({ user }) => user)
  })

  it("know what the runner passes", () => {
    expectTypeOf(
      setup().test((_given, _context: { readonly task: string }) => {}),
    ).parameters.toEqualTypeOf<[{ readonly task: string }]>()
  })
})

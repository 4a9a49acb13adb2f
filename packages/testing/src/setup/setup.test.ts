import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, it } from "vitest"
import { type Fixture, mockPort, setup, testClock, withClock, withMock, withRow } from "../index.ts"

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error) => error,
  )
/** Says when it begins and ends. */
const told =
  (name: string, log: string[]): Fixture<object, object> =>
  async (_, use) => {
    log.push(`${name} begins`)
    try {
      await use({})
    } finally {
      log.push(`${name} ends`)
    }
  }

describe("a setup", () => {
  it("runs fixtures around a test, each with what those before it made, and undoes them in reverse", async () => {
    const log: string[] = []
    const withName: Fixture<{ readonly size: number }, { readonly name: string }> = (given, use) =>
      use({ name: "x".repeat(given.size) })
    const withSize: Fixture<object, { readonly size: number }> = (_, use) => use({ size: 3 })
    const given = await setup()
      .and(told("first", log))
      .and(withSize)
      .and(withName)
      .and(told("last", log))
      .run(({ token, ...rest }) => {
        log.push(`a test with ${token.length} characters`)
        return rest
      })
    expect(given).toEqual({ size: 3, name: "xxx" })
    expect(log).toEqual([
      "first begins",
      "last begins",
      "a test with 36 characters",
      "last ends",
      "first ends",
    ])
  })

  it("is a test's body, and hands on what the runner passes", async () => {
    const body = setup().test(async (_given, runner: string, more: number) => {
      expect([runner, more]).toEqual(["context", 1])
    })
    expect(await body("context", 1)).toBeUndefined()
  })

  it("undoes everything when a test fails, and shows that failure, whatever a fixture makes of it", async () => {
    const log: string[] = []
    const swallowing: Fixture<object, object> = (_, use) => use({}).catch(() => {})
    const failed = new Error("expected 1 to be 2")
    const run = setup()
      .and(told("it", log))
      .and(swallowing)
      .run(() => Promise.reject(failed))
    expect(await failure(run)).toBe(failed)
    expect(log).toEqual(["it begins", "it ends"])
  })

  it("says so when a fixture does not let its test run", async () => {
    expect(
      await failure(
        setup()
          .and(async () => {})
          .run(() => 1),
      ),
    ).toMatchObject({
      code: "ERR_TESTING_FIXTURE",
    })
  })

  it("lets others take part in a test by its token, with all that belongs to it, and no longer", async () => {
    const clock = testClock()
    const mailer = mockPort<{ deliver(to: string): Promise<void> }>()
    const tests = setup().and(withMock("mailer", mailer)).and(withClock(clock))
    // a worker that was started before all tests
    const jobs = new EventTarget()
    const done: Promise<unknown>[] = []
    jobs.addEventListener("job", (event) => {
      // proof: the test dispatches nothing else
      const { detail: token } = event as CustomEvent<string>
      done.push(tests.allow(token, () => mailer.service.deliver(clock.date().toISOString())))
    })
    const outside = await sleep(1, (token: string) =>
      setImmediate(() => jobs.dispatchEvent(new CustomEvent("job", { detail: token }))),
    )
    const token = await tests.run(async ({ token, mailer, clock }) => {
      clock.freeze("2030-01-01T00:00:00Z")
      mailer.expect("deliver", async () => {})
      outside(token)
      await expect.poll(() => mailer.calls("deliver")).toEqual([["2030-01-01T00:00:00.000Z"]])
      return token
    })
    await Promise.all(done)
    for (const other of [token, "", null, undefined, "__proto__"])
      expect(() => tests.allow(other, () => 1)).toThrow(/no test has that token/)
  })

  it("keeps tests apart that run at once", async () => {
    const clock = testClock()
    let rows = 0
    const factory = { insert: async (repo: string) => ({ id: ++rows, repo }) }
    const withRepo: Fixture<object, { readonly repo: string }> = (_, use) => use({ repo: "repo" })
    const tests = setup().and(withRepo).and(withRow("user", factory)).and(withClock(clock))
    const times = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        tests.run(async ({ user }) => {
          clock.freeze(at)
          await sleep(1)
          return [clock.now(), user.id, user.repo]
        }),
      ),
    )
    expect(times.map(([now]) => now)).toEqual(times.map((_, at) => at))
    expect(new Set(times.map(([, id]) => id)).size).toBe(20)
  })
})

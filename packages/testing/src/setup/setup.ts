import { AsyncLocalStorage } from "node:async_hooks"
import type { Awaitable } from "@bennu/core"
import { NoTestError, WorkLeakError } from "./errors.ts"
import { type Fixture, within } from "./fixture.ts"
import { type WorkWatch, watchWork } from "./watch-work.ts"

/** What every test is given. */
export interface TestBase {
  /** Lets work that others start be a part of this test: send it along, as a header or an argument of a job. */
  readonly token: string
}

/** Surroundings for tests, put together from fixtures. It is never changed: `and` makes another. */
export interface Setup<Given extends object> {
  /** With one fixture more; it may use what those before it made. */
  and<Adds extends object>(fixture: Fixture<Given, Adds>): Setup<Given & Adds>
  /**
   * A test's body, for `it` and `it.concurrent` of any runner; what the runner passes comes after what was made.
   * @example it.concurrent("counts", members.test(async ({ repo, user }) => …))
   */
  test<C extends readonly unknown[]>(
    body: (given: Given, ...context: C) => Awaitable<unknown>,
  ): (...context: C) => Promise<void>
  /**
   * The same for any work: a fixture of another runner, a hook.
   * @throws {WorkLeakError} when timers or requests that `work` started are still going on.
   */
  run<T>(work: (given: Given) => Awaitable<T>): Promise<T>
  /**
   * Runs `work` as a part of the test with that token, with all that belongs to it: its transaction, its mocks, its time.
   * @throws {NoTestError} when there is no such test, or no more.
   */
  allow<R>(token: string | null | undefined, work: () => R): R
}

export interface SetupOptions {
  /** Whether a test fails that leaves timers or requests going on (true). */
  readonly leaks?: boolean | undefined
}

/** Runs something as if the test had called it. */
type Inside = <R>(work: () => R) => R

/** What setups share that came of one. */
interface Shared {
  readonly tests: Map<string, Inside>
  readonly watch: WorkWatch | null
}

/**
 * Begins surroundings for tests, which are composed: `setup().and(withRepo(sandbox)).and(withUser(user))`. Each test has its
 * own, also when they run at once; what a fixture made is undone in reverse order.
 */
export function setup({ leaks = true }: SetupOptions = {}): Setup<TestBase> {
  const shared: Shared = { tests: new Map(), watch: leaks ? watchWork() : null }
  return setupOf(shared, (work) => work({ token: crypto.randomUUID() }))
}

type Surround<Given> = <T>(work: (given: Given) => Promise<T>) => Promise<T>

function setupOf<Given extends TestBase>(shared: Shared, surround: Surround<Given>): Setup<Given> {
  const run = <T>(work: (given: Given) => Awaitable<T>): Promise<T> =>
    surround((given) =>
      watched(shared.watch, async () => {
        shared.tests.set(given.token, AsyncLocalStorage.snapshot())
        try {
          return await work(given)
        } finally {
          shared.tests.delete(given.token)
        }
      }),
    )
  return {
    and: <Adds extends object>(fixture: Fixture<Given, Adds>) =>
      setupOf<Given & Adds>(shared, (work) =>
        surround((given) => within(fixture, given, (adds) => work({ ...given, ...adds }))),
      ),
    test:
      (body) =>
      async (...context) =>
        void (await run((given) => body(given, ...context))),
    run,
    allow(token, work) {
      const inside = shared.tests.get(token ?? "")
      if (inside === undefined) throw new NoTestError()
      return inside(work)
    },
  }
}

async function watched<T>(watch: WorkWatch | null, work: () => Promise<T>): Promise<T> {
  if (watch === null) return work()
  const { outcome, leaks } = await watch.run(work)
  const failed = outcome.status === "rejected"
  if (leaks.length > 0) throw new WorkLeakError(leaks, failed ? { cause: outcome.reason } : {})
  if (failed) throw outcome.reason
  return outcome.value
}

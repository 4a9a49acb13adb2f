import type { Awaitable } from "@bennu/core"
import type { Driver } from "../driver.ts"
import { Access } from "../internal/access.ts"
import { Handle } from "../internal/handle.ts"
import { Pool } from "../internal/pool.ts"
import type { Casing } from "../open-repo.ts"
import type { Repo } from "../repo.ts"
import { type Owner, SandboxEngine } from "./sandbox-engine.ts"
import { SandboxOutsideError } from "./sandbox-errors.ts"

export interface SandboxOptions {
  /** As many tests run at once as it has connections. */
  readonly driver: Driver
  readonly casing?: Casing | undefined
}

/** What a test is given. */
export interface SandboxedTest {
  /** The sandbox's repo, bound to this test: also where the asynchronous context is another. */
  readonly repo: Repo
  /** Lets work that others start be a part of this test: send it along, as a header or an argument of a job. */
  readonly token: string
}

export interface SandboxRun {
  /**
   * Whether queries from outside of every test are this test's too (false): for services that were started before it.
   * One test at a time can have that.
   */
  readonly shared?: boolean | undefined
  /** What errors call it; `test` takes it from the context of vitest. */
  readonly name?: string | null | undefined
}

/** A database for tests: each has a transaction of its own, which is taken back. */
export interface Sandbox extends AsyncDisposable {
  /** The app's repo. A query belongs to the test around it, however far away; outside of all tests it is refused. */
  readonly repo: Repo
  /**
   * A test's body, for `it` and `it.concurrent`.
   * @example it.concurrent("counts", sandbox.test(async ({ repo }) => expect(await repo.count(User)).toBe(0)))
   */
  test<A extends readonly unknown[]>(
    body: (test: SandboxedTest, ...context: A) => Awaitable<unknown>,
    options?: SandboxRun,
  ): (...context: A) => Promise<void>
  /**
   * The same for any work: a fixture, a hook of another runner.
   * @throws {SandboxLeakError} when `work` ended before all queries that it started.
   */
  run<T>(work: (test: SandboxedTest) => PromiseLike<T>, options?: SandboxRun): Promise<T>
  /**
   * Runs `work` as a part of the test with that token: a request of its browser, a job that it queued.
   * @throws {SandboxOutsideError} when there is no such test, or no more.
   */
  allow<T>(token: string | null | undefined, work: () => PromiseLike<T>): Promise<T>
}

/**
 * Opens a database for tests that leave nothing behind and may run at once, also within one file. In it a transaction of
 * the app is a savepoint, and what fails outside of one takes back only itself, as ever. What a test cannot see: its
 * `NOTIFY` is never sent, `now()` stands still, constraints that are deferred to the commit are checked when the test ends,
 * and an isolation that a transaction asks for is the test's own; `inSchema` is for tests of those.
 */
export async function openSandbox({ driver, casing }: SandboxOptions): Promise<Sandbox> {
  const pool = new Pool(driver, await driver.open(new AbortController().signal))
  const engine = new SandboxEngine(driver, pool)
  const tests = new Map<string, Owner>()
  const access = new Access({ engine, casing, repoOf: (within) => new Handle(within) })

  const sandbox: Sandbox = {
    repo: access.repo,
    run: (work, { shared = false, name = null } = {}) =>
      engine.own(
        async (owner) => {
          const token = crypto.randomUUID()
          tests.set(token, owner)
          try {
            return await work({ repo: access.with({ bound: owner.level }).repo, token })
          } finally {
            tests.delete(token)
          }
        },
        { shared, name },
      ),
    test:
      (body, options) =>
      async (...context) =>
        void (await sandbox.run(async (test) => body(test, ...context), {
          name: nameIn(context[0]),
          ...options,
        })),
    async allow(token, work) {
      const owner = tests.get(token ?? "")
      if (owner === undefined) throw new SandboxOutsideError("no test has that token, or no more")
      return engine.as(owner, work)
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
  return sandbox
}

/** The name that vitest gives a test's body, as `task.name` of its context. */
function nameIn(context: unknown): string | null {
  const task: unknown = isObject(context) ? Reflect.get(context, "task") : undefined
  const name: unknown = isObject(task) ? Reflect.get(task, "name") : undefined
  return typeof name === "string" ? name : null
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

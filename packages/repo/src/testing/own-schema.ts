import type { Awaitable } from "@bennu/core"
import type { Driver } from "../driver.ts"
import { Queue } from "../internal/queue.ts"
import { type Casing, openRepo } from "../open-repo.ts"
import type { Repo } from "../repo.ts"
import { emptyTables, inSchema } from "./in-schema.ts"

export interface OwnSchemaOptions {
  readonly driver: Driver
  readonly casing?: Casing | undefined
  /** Of the schema: letters, digits and `_` (`test_` and the number of vitest's worker, or of this process). */
  readonly name?: string | undefined
  /** Makes its tables, once: `(repo) => migrate(repo.sql, migrations)`. */
  readonly prepare: (repo: Repo) => Awaitable<unknown>
}

/** A schema for the tests of one worker, in which they commit. */
export interface OwnSchema extends AsyncDisposable {
  readonly repo: Repo
  /** Runs `work` with all tables empty, after whatever else runs in here: what is committed is everybody's. */
  run<T>(work: (test: { readonly repo: Repo }) => PromiseLike<T>): Promise<T>
}

/**
 * Opens what `openSandbox` does not show: real commits, for tests of `NOTIFY`, of serializable transactions, of what others see.
 * Each worker has a schema of its own, so that workers run at once, and its tests run one after another. It is dropped when disposed.
 * @example const committing = await openOwnSchema({ driver: postgres({ url }), prepare: ({ sql }) => migrate(sql, migrations) })
 * @example it("tells others", setup().and(withRepo(committing)).test(async ({ repo }) => …))
 */
export async function openOwnSchema({
  driver,
  casing,
  name = `test_${process.env["VITEST_POOL_ID"] ?? process.pid}`,
  prepare,
}: OwnSchemaOptions): Promise<OwnSchema> {
  await using opening = new AsyncDisposableStack()
  const child = openRepo({ driver: inSchema(driver, name), casing })
  const repo = opening.use(await child.start(new AbortController().signal))
  await prepare(repo)
  const turns = new Queue(1)
  const opened = opening.move()
  return {
    repo,
    async run(work) {
      await turns.take()
      try {
        await emptyTables(repo)
        return await work({ repo })
      } finally {
        turns.give()
      }
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

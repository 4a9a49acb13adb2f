import { FixtureError } from "./errors.ts"

/**
 * Makes a part of a test's surroundings, lets the test run in it, and undoes it.
 * @param given What fixtures before it made.
 * @param use Runs the rest. What it throws is the test's failure: let it pass.
 * @example const withFolder: Fixture<object, { folder: string }> = async (_, use) => {
 *   await using folder = await mkdtempDisposable("test-")
 *   await use({ folder: folder.path })
 * }
 */
export type Fixture<Needs extends object, Adds extends object> = (
  given: Needs,
  use: (adds: Adds) => Promise<void>,
) => Promise<void>

/** Runs `work` inside of a fixture, and gives what came of it. */
export async function within<Needs extends object, Adds extends object, T>(
  fixture: Fixture<Needs, Adds>,
  given: Needs,
  work: (adds: Adds) => Promise<T>,
): Promise<T> {
  let outcome: PromiseSettledResult<T> | undefined
  await fixture(given, async (adds) => {
    ;[outcome] = await Promise.allSettled([work(adds)])
    if (outcome.status === "rejected") throw outcome.reason
  })
  if (outcome === undefined) throw new FixtureError()
  // a fixture that swallowed the failure does not make the test pass
  if (outcome.status === "rejected") throw outcome.reason
  return outcome.value
}

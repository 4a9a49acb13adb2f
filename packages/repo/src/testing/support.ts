import type { Result } from "@bennu/core"
import { queryStopped } from "../telemetry.ts"

/** The value of a result that has to be one. */
export async function value<T>(result: Promise<Result<T, unknown>>): Promise<T> {
  const settled = await result
  if (settled.ok) return settled.value
  throw new Error("expected a value", { cause: settled.error })
}

/** The error of a result that has to be one. */
export async function refusal<E>(result: Promise<Result<unknown, E>>): Promise<E> {
  const settled = await result
  if (!settled.ok) return settled.error
  throw new Error("expected a refusal", { cause: settled.value })
}

/** What a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error("expected a failure")
}

/** The statements that reach the database meanwhile. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const heard: string[] = []
  using _ = queryStopped.subscribe(({ statement }) => heard.push(statement))
  await work()
  return heard
}

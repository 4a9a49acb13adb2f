import { setTimeout as sleep } from "node:timers/promises"
import { ConflictError } from "../errors.ts"

const FIRST_WAIT = 10
const LONGEST_WAIT = 1_000

/**
 * Does `work` again where the server took it back because of others (a deadlock, a serialization failure), after a wait
 * that is longer each time and drawn by lot, so that the same ones do not meet again.
 * @param retries How often at most.
 */
export async function retrying<T>(
  retries: number,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ConflictError) || tried >= retries || signal?.aborted) throw error
      const wait = Math.random() * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tried)
      await sleep(wait, undefined, signal ? { signal } : {})
    }
  }
}

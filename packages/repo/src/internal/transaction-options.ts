import { RepoUsageError } from "../errors.ts"
import type { Lane } from "./gate.ts"

export type Isolation = "read committed" | "repeatable read" | "serializable"
export interface TransactionOptions {
  /** How much it sees of what others do meanwhile; the server's default if left out. */
  readonly isolation?: Isolation | undefined
  readonly readOnly?: boolean | undefined
  /**
   * How often to begin again where the server took all back because of other transactions (0): a deadlock, or a
   * serialization failure, which is what `isolation: "serializable"` has to expect. What `run` does beside the database
   * happens each time; let it wait with `whenCommitted`.
   */
  readonly retries?: number | undefined
  /** Who goes first where there are more transactions than connections (`"interactive"`). */
  readonly lane?: Lane | undefined
  /** Stops the transaction: what runs or waits in it rejects, and it is rolled back. */
  readonly signal?: AbortSignal | undefined
}

const isolations = new Set<string>(["read committed", "repeatable read", "serializable"])

export function retriesOf({ retries = 0 }: TransactionOptions): number {
  if (Number.isSafeInteger(retries) && retries >= 0) return retries
  throw new RepoUsageError(`retries is ${retries}`, "Pass a whole number, 0 or more.")
}

/** The statement that begins a transaction, or the savepoint of one within: of depth 1, or more. */
export function opening(
  depth: number,
  { isolation, readOnly, retries }: TransactionOptions,
): string {
  if (isolation !== undefined && !isolations.has(isolation))
    throw new RepoUsageError(
      `there is no isolation ${JSON.stringify(isolation)}`,
      `There are ${[...isolations].join(", ")}.`,
    )
  if (depth === 1)
    return ["begin", isolation && `isolation level ${isolation}`, readOnly && "read only"]
      .filter(Boolean)
      .join(" ")
  if (isolation !== undefined || readOnly !== undefined || retries !== undefined)
    throw new RepoUsageError(
      "a nested transaction has the isolation and the retries of the outer one",
      "Set isolation, readOnly and retries on the outermost transaction.",
    )
  return `savepoint s${depth}`
}

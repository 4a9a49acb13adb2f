import type { Connection } from "../driver.ts"
import { Queue } from "./queue.ts"

interface LevelOptions {
  readonly parent?: Level | undefined
  readonly signal?: AbortSignal | undefined
  readonly isSession?: boolean | undefined
}

/**
 * A connection held for a while: level 0 is a session, 1 a transaction, each further one a savepoint. What
 * runs on a level takes its turn; a level within has the turn as long as it lives, so that parallel promises cannot mix.
 */
export class Level {
  readonly connection: Connection
  readonly parent: Level | undefined
  readonly depth: number
  readonly turn = new Queue(1)
  readonly signal: AbortSignal | undefined
  /** Whether it stands in a session that was asked for as such. */
  readonly isSession: boolean
  /** Nothing more may run on it. */
  done = false
  /** Its rows are copied out, and nothing else can run on it until the last was read. */
  copying = false
  /** What the server refused first. */
  failure: unknown

  constructor(
    connection: Connection,
    { parent, signal, isSession = parent?.isSession ?? false }: LevelOptions = {},
  ) {
    this.connection = connection
    this.parent = parent
    this.depth = parent === undefined ? 0 : parent.depth + 1
    this.isSession = isSession
    this.signal = anyOf(parent?.signal, signal)
  }

  isWithin(other: Level): boolean {
    return this === other || (this.parent?.isWithin(other) ?? false)
  }
}

/** Both signals, either, or none. */
export function anyOf(
  a: AbortSignal | undefined,
  b: AbortSignal | undefined,
): AbortSignal | undefined {
  return a && b && a !== b ? AbortSignal.any([a, b]) : (a ?? b)
}

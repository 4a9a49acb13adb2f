import { setTimeout as wait } from "node:timers/promises"
import type { Awaitable } from "@bennu/core"
import { MigrationLockError } from "./errors.ts"
import { migrationsAwaited } from "./telemetry.ts"

export interface LockOptions {
  /** Milliseconds. */
  readonly timeout: number
  readonly signal: AbortSignal | undefined
}

/** How often it is told for whom it waits, in milliseconds. */
const TELL_EVERY = 5_000

/** What goes between two tries to take the lock: a pause, and word of who has it. @throws {MigrationLockError} after the timeout. */
export function pausesOf({ timeout, signal }: LockOptions) {
  const started = performance.now()
  let told = Number.NEGATIVE_INFINITY
  return async (holder: () => Awaitable<string | undefined>): Promise<void> => {
    const waited = Math.round(performance.now() - started)
    if (waited >= timeout) throw new MigrationLockError(waited, await holder())
    if (migrationsAwaited.active && waited - told >= TELL_EVERY) {
      told = waited
      const who = await holder()
      migrationsAwaited.emit(() => ({ holder: who, waited }))
    }
    await wait(50 + Math.random() * 100, undefined, { signal })
  }
}

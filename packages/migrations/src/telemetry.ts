import { type Event, event } from "@bennu/telemetry"

export interface MigrationStopped {
  readonly id: string
  readonly direction: "up" | "down"
  /** Milliseconds. */
  readonly duration: number
  readonly error?: unknown
}

/** A migration was applied or taken back, or failed. */
export const migrationStopped: Event<MigrationStopped> = event("bennu.migrations.migration.stop")

export interface MigrationsAwaited {
  /** Who has the lock, as far as this user may know. */
  readonly holder?: string | undefined
  /** Milliseconds so far. */
  readonly waited: number
}

/** Another process migrates, and this one waits for it: told at first, and every five seconds. */
export const migrationsAwaited: Event<MigrationsAwaited> = event("bennu.migrations.lock.wait")

export interface BackfillProgressed {
  readonly name: string
  /** Of this batch. */
  readonly rows: number
  /** Of all batches, those of earlier runs included. */
  readonly total: number
  /** The last key, as text. */
  readonly cursor: unknown
  /** Milliseconds. */
  readonly duration: number
  readonly finished: boolean
}

/** A backfill has done a batch. */
export const backfillProgressed: Event<BackfillProgressed> = event(
  "bennu.migrations.backfill.progress",
)

export interface SeedStopped {
  readonly name: string
  /** Rows, where the seed counts them. */
  readonly changed?: number | undefined
  /** What a volume's chance followed from. */
  readonly randomSeed?: number | undefined
  /** Milliseconds. */
  readonly duration: number
}

/** A seed ran. */
export const seedStopped: Event<SeedStopped> = event("bennu.migrations.seed.stop")

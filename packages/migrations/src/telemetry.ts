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

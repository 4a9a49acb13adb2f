import type { Schema } from "./schema.ts"

/** What stands in logs, telemetry and errors for the value of a redacted field. */
export const REDACTED = "[redacted]"

/**
 * A row, or a part of one, as it may be shown to whoever reads logs.
 * @example logger.info({ user: redact(User, user) })
 */
export function redact<R extends object>({ redacted }: Pick<Schema, "redacted">, row: R): object {
  if (redacted.size === 0) return row
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      redacted.has(key) && value !== null && value !== undefined ? REDACTED : value,
    ]),
  )
}

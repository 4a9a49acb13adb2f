import type { Duration } from "@bennu/core"

export interface Keeping {
  /** How long the value is kept at most; without it until the store needs the room. */
  readonly ttl?: Duration | undefined
}

/** Keeps bytes under names. A value that was never set, was deleted, has expired or had to make room is null. */
export interface KeyValue {
  get(key: string): Promise<Uint8Array | null>
  /** Replaces what was there, its ttl too. */
  set(key: string, value: Uint8Array, options?: Keeping): Promise<void>
  delete(key: string): Promise<void>
}

/** Changes a value only if it is still what you read: for what two nodes may write at once. */
export interface CompareAndSet {
  /**
   * @param expected What must be there, byte by byte; null for nothing.
   * @param value What shall be there; null for nothing.
   * @returns Whether it was as expected and is now as asked.
   */
  compareAndSet(
    key: string,
    expected: Uint8Array | null,
    value: Uint8Array | null,
    options?: Keeping,
  ): Promise<boolean>
}

import { type Duration, milliseconds } from "@bennu/core"
import type { Lane } from "./gate.ts"

/** How a statement waits, and for how long it runs. */
export interface Waits {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds; the driver's if left out, null for as long as it takes. */
  readonly timeout?: number | null | undefined
  readonly lane?: Lane | undefined
}

export const AS_USUAL: Waits = {}

/** As people say it. */
export const waitsOf = (
  { signal, timeout }: { signal?: AbortSignal | undefined; timeout?: Duration | undefined },
  lane: Lane | undefined,
): Waits =>
  signal === undefined && timeout === undefined && lane === undefined
    ? AS_USUAL
    : { signal, lane, timeout: timeout === undefined ? undefined : milliseconds(timeout) }

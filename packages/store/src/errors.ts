import { BennuError } from "@bennu/core"

/** A value is larger than the whole store may be. */
export class ValueSizeError extends BennuError {
  readonly code = "ERR_STORE_VALUE_SIZE"
  override readonly status = 413

  constructor(key: string, bytes: number, maxBytes: number) {
    super(`the value of ${JSON.stringify(key.slice(0, 80))} takes ${bytes} of ${maxBytes} bytes`, {
      hint: "Keep large things in a database or on disk, or raise maxBytes.",
    })
  }
}

/** More leases are held than the store may keep: giving one up would let two hold it. */
export class LeaseLimitError extends BennuError {
  readonly code = "ERR_STORE_LEASE_LIMIT"
  override readonly status = 503

  constructor(maxLeases: number) {
    super(`all ${maxLeases} leases are held`, {
      hint: "Look for leases that are never released and have a long ttl, then raise maxLeases.",
    })
  }
}

/** The store was disposed. */
export class StoreClosedError extends BennuError {
  readonly code = "ERR_STORE_CLOSED"
  override readonly status = 503

  constructor() {
    super("the store was disposed", { hint: "Stop what uses a store before the store." })
  }
}

/** What keeps the data does not answer. */
export class StoreUnavailableError extends BennuError {
  readonly code = "ERR_STORE_UNAVAILABLE"
  override readonly status = 503

  constructor(why: string, cause?: unknown) {
    super(`the store cannot be reached: ${why}`, {
      cause,
      hint: "Look whether its server runs, and whether the address in the options is the right one.",
    })
  }
}

export interface BennuErrorOptions {
  /** What was thrown beneath. */
  readonly cause?: unknown
  /** What to do next, if possible ready to paste. */
  readonly hint?: string | undefined
}

/**
 * What every package throws, so that whoever catches can switch on `code`: it is stable, the message is not.
 * @example class PoolTimeoutError extends BennuError { readonly code = "ERR_REPO_POOL_TIMEOUT" }
 */
export abstract class BennuError extends Error {
  /** `ERR_<PACKAGE>_<WHAT>`; stable across versions. */
  abstract readonly code: string
  /** What to do next. */
  readonly hint: string | undefined
  /** The HTTP status that tells a client of it (500). */
  readonly status: number = 500

  constructor(message: string, { cause, hint }: BennuErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.hint = hint
  }
}

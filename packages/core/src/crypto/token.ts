import { type Duration, milliseconds } from "../duration.ts"
import { BennuError } from "../errors.ts"
import { err, ok, type Result } from "../result.ts"
import type { Clock } from "../time.ts"

export type TokenCode = "ERR_CORE_TOKEN_INVALID" | "ERR_CORE_TOKEN_EXPIRED"

/** A token is not ours, was changed, was made for another purpose, or is too old. Returned, not thrown: tokens come from outside. */
export class TokenError extends BennuError {
  readonly code: TokenCode
  override readonly status = 401

  constructor(code: TokenCode) {
    super(code === "ERR_CORE_TOKEN_EXPIRED" ? "the token is too old" : "the token is not valid")
    this.code = code
  }
}

/** What should go into a token is too large for one. */
export class TokenSizeError extends BennuError {
  readonly code = "ERR_CORE_TOKEN_SIZE"

  constructor(length: number, maxLength: number) {
    super(`a token of ${length} characters is longer than the ${maxLength} that are accepted`, {
      hint: "Keep ids in tokens and the rest in a store, or raise maxLength on both sides.",
    })
  }
}

export interface TokenOptions {
  /** The clock (`Date.now`). */
  readonly now?: Clock | undefined
  /** Characters of the longest token that is made or read (65 536). */
  readonly maxLength?: number | undefined
}

export const MAX_LENGTH = 65_536

export const invalid = (): Result<never, TokenError> =>
  err(new TokenError("ERR_CORE_TOKEN_INVALID"))

/** The time as it stands in a token. */
export const stamp = (now: Clock): string => Math.floor(now()).toString(36)

export interface Aging {
  readonly now: Clock
  readonly maxAge: Duration | undefined
}

/** Reads what an authentic token says, unless it is too old. */
export function read(
  stamped: string,
  json: string,
  { now, maxAge }: Aging,
): Result<unknown, TokenError> {
  const age = now() - Number.parseInt(stamped, 36)
  if (maxAge !== undefined && age > milliseconds(maxAge)) {
    return err(new TokenError("ERR_CORE_TOKEN_EXPIRED"))
  }
  return ok(decode(json))
}

/** @throws {TypeError} for what JSON cannot say, such as undefined or a function. */
export function encode(data: unknown): string {
  const json: string | undefined = JSON.stringify(data)
  if (json === undefined) throw new TypeError(`${typeof data} is not JSON data`)
  return json
}

/** A key `__proto__` is dropped: it is data here, but becomes a prototype where somebody assigns it on. */
const decode = (json: string): unknown =>
  json.includes("__proto__")
    ? JSON.parse(json, (key, value: unknown) => (key === "__proto__" ? undefined : value))
    : JSON.parse(json)

/** The parts between dots, or undefined if there are not exactly `count`, or more characters than allowed. */
export function partsOf(
  token: unknown,
  count: number,
  maxLength: number,
): readonly string[] | undefined {
  if (typeof token !== "string" || token.length > maxLength) return undefined
  const parts = token.split(".", count + 1)
  return parts.length === count ? parts : undefined
}

export function sized(token: string, maxLength: number): string {
  if (token.length > maxLength) throw new TokenSizeError(token.length, maxLength)
  return token
}

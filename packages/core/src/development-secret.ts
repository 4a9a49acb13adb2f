import { randomBytes } from "node:crypto"
import { chmodSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { BennuError } from "./errors.ts"
import { MAKE_A_SECRET, SECRET_BYTES } from "./internal/secrets.ts"
import { makeDirectory } from "./make-directory.ts"

/** A production app has no secret of its own. */
export class SecretMissingError extends BennuError {
  readonly code = "ERR_CORE_SECRET_MISSING"

  constructor() {
    super("a secret is only made up in development, and this is production", {
      hint: `Set SECRET_KEY_BASE to what this prints: ${MAKE_A_SECRET}`,
    })
  }
}

/** The file that keeps the development secret cannot be read or written, or holds something else. */
export class SecretFileError extends BennuError {
  readonly code = "ERR_CORE_SECRET_FILE"
  readonly file: string

  constructor(file: string, problem: string, options: { hint: string; cause?: unknown }) {
    super(`the development secret ${file} ${problem}`, options)
    this.file = file
  }
}

export interface DevelopmentSecretOptions {
  /** Whether to refuse (`process.env.NODE_ENV === "production"`). */
  readonly production?: boolean | undefined
}

/**
 * A secret that an app needs no set-up for in development: made once, kept in a file that only its owner may read.
 * Two processes that start at once get the same one.
 * @throws {SecretMissingError} in production, where it has to be given.
 */
export function developmentSecret(
  file: string,
  { production = process.env["NODE_ENV"] === "production" }: DevelopmentSecretOptions = {},
): string {
  if (production) throw new SecretMissingError()
  const secret = attempt(file, () => read(file) ?? create(file))
  if (Buffer.byteLength(secret) < SECRET_BYTES) {
    const hint = `Delete it and start again: rm ${file}`
    throw new SecretFileError(file, `has fewer than ${SECRET_BYTES} bytes`, { hint })
  }
  return secret
}

function attempt(file: string, work: () => string): string {
  try {
    return work()
  } catch (cause) {
    const hint = `Let this user write to ${dirname(file)}, or set SECRET_KEY_BASE to what this prints: ${MAKE_A_SECRET}`
    throw new SecretFileError(file, `cannot be kept: ${messageOf(cause)}`, { cause, hint })
  }
}

function create(file: string): string {
  const secret = randomBytes(48).toString("base64url")
  const draft = `${file}.${process.pid}.${randomBytes(6).toString("hex")}`
  makeDirectory(dirname(file))
  try {
    writeFileSync(draft, `${secret}\n`, { flag: "wx", mode: 0o600 })
    // a link appears complete or not at all, and fails if another process was first
    linkSync(draft, file)
    return secret
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error
    return read(file) ?? create(file)
  } finally {
    rmSync(draft, { force: true })
  }
}

function read(file: string): string | undefined {
  try {
    // a copy or a checkout may have opened it to others
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600)
    return readFileSync(file, "utf8").trim()
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined
    throw error
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

import { oneLine } from "./filter.ts"

/** All that is asked of a logger: a `pino()` fits, and so does a ten-line fake. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface LineOptions {
  /** Where a line goes, with its end (standard output). */
  readonly write?: ((line: string) => void) | undefined
  /** The clock, in milliseconds. */
  readonly now?: (() => number) | undefined
}

type Level = keyof Logger

const toStdout = (line: string): void => void process.stdout.write(line)

/** Writes JSON, one object a line: what log collectors read. Names are those of pino. */
export function jsonLines({ write = toStdout, now = Date.now }: LineOptions = {}): Logger {
  const at = (level: Level) => (fields: object, message: string) => {
    const line = { level, time: new Date(now()).toISOString(), ...printable(fields), msg: message }
    write(`${JSON.stringify(line)}\n`)
  }
  return { info: at("info"), warn: at("warn"), error: at("error") }
}

/** Writes the message, and an error with its stack: for who reads along while programming. */
export function plainLines({ write = toStdout }: LineOptions = {}): Logger {
  const at = () => (fields: object, message: string) => {
    const stack = "err" in fields && fields.err instanceof Error ? stackOf(fields.err) : ""
    write(`${oneLine(message)}\n${stack === "" ? "" : `${stack}\n`}`)
  }
  return { info: at(), warn: at(), error: at() }
}

const stackOf = ({ stack = "" }: Error): string => stack.split("\n").map(oneLine).join("\n")

function printable(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error ? described(value, 5) : value,
    ]),
  )
}

/** An error as pino writes it, and with its hint. Causes may go round in circles. */
function described(error: Error, depth: number): object {
  const { name, message, stack, cause } = error
  return {
    type: name,
    message,
    ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}),
    ...("hint" in error && typeof error.hint === "string" ? { hint: error.hint } : {}),
    stack,
    ...(cause instanceof Error && depth > 1 ? { cause: described(cause, depth - 1) } : {}),
  }
}

import { readFileSync, statSync } from "node:fs"
import { relative, sep } from "node:path"
import { fileURLToPath } from "node:url"

/** The lines around the place where an error was thrown. */
export interface SourceFrame {
  /** Relative to the app's folder. */
  readonly file: string
  readonly line: number
  readonly lines: readonly { readonly number: number; readonly text: string }[]
}

const AROUND = 5
const MAX_BYTES = 1_048_576

/**
 * Finds the app's own code in an error's stack, for the page that a programmer sees. It looks below `root` only, and never
 * at what stands in the message, which may come from outside.
 */
export function sourceFrame(error: Error, root: string = process.cwd()): SourceFrame | null {
  for (const { path, line } of placesOf(error)) {
    const file = relative(root, path)
    const parts = file.split(sep)
    if (parts[0] === ".." || parts.includes("node_modules")) continue
    const lines = linesOf(path)
    if (lines === null || line > lines.length) continue
    const first = Math.max(1, line - AROUND)
    const around = lines.slice(first - 1, line + AROUND)
    return { file, line, lines: around.map((text, index) => ({ number: first + index, text })) }
  }
  return null
}

interface Place {
  readonly path: string
  readonly line: number
}

function placesOf({ stack = "", message }: Error): readonly Place[] {
  const start = stack.indexOf(message)
  if (start === -1) return []
  const frames = stack.slice(start + message.length).split("\n", 50)
  return frames.flatMap((frame) => placeOf(frame.trim()) ?? [])
}

/** `at name (file:///app/src/a.ts:1:2)`, with or without name and scheme. */
function placeOf(frame: string): Place | null {
  if (!frame.startsWith("at ")) return null
  const open = frame.lastIndexOf("(")
  const place = open === -1 ? frame.slice(frame.lastIndexOf(" ") + 1) : frame.slice(open + 1, -1)
  const column = place.lastIndexOf(":")
  const line = place.lastIndexOf(":", column - 1)
  const number = Number(place.slice(line + 1, column))
  const address = place.slice(0, line)
  if (!Number.isSafeInteger(number) || number < 1) return null
  if (address.startsWith("file://")) return { path: fileURLToPath(address), line: number }
  return address.startsWith("/") ? { path: address, line: number } : null
}

function linesOf(path: string): readonly string[] | null {
  try {
    return statSync(path).size > MAX_BYTES ? null : readFileSync(path, "utf8").split("\n")
  } catch {
    return null
  }
}

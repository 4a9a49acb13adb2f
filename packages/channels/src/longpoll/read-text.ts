import type { Timer } from "../timer.ts"
import type { UpgradeRequest } from "../transport.ts"

export interface ReadLimits {
  readonly bytes: number
  /** Milliseconds for all of it. */
  readonly time: number
}

/** Why there is no text: too much, too slow, broken off, or not UTF-8. */
export type Unread = "large" | "slow" | "broken" | "malformed"

/** Reads a body as text, up to a limit in bytes and in time. */
export async function readText(
  request: UpgradeRequest,
  limits: ReadLimits,
  timer: Timer,
): Promise<{ readonly text: string } | Unread> {
  if (Number(request.header("content-length")) > limits.bytes) return "large"
  const body = request.body()
  if (body === null) return { text: "" }
  const reader = body.getReader()
  let late = false
  const alarm = timer(limits.time, () => {
    late = true
    reader.cancel().catch(() => {})
  })
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.byteLength
      if (size > limits.bytes) {
        reader.cancel().catch(() => {})
        return "large"
      }
      chunks.push(next.value)
    }
  } catch {
    return late ? "slow" : "broken"
  } finally {
    alarm[Symbol.dispose]()
  }
  return late ? "slow" : decoded(chunks)
}

function decoded(chunks: readonly Uint8Array[]): { readonly text: string } | Unread {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)) }
  } catch {
    return "malformed"
  }
}

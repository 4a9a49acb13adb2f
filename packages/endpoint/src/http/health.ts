import type { Awaitable, Health } from "@bennu/core"
import { Reply } from "@bennu/plug"

export interface HealthOptions {
  /** How the app is doing: `() => app.health()` of its supervisor. Without it, only whether the endpoint stops. */
  readonly parts?: (() => Awaitable<Health & { readonly children?: readonly Part[] }>) | undefined
  /** Where it is told that the process lives (`"/livez"`). */
  readonly live?: string | undefined
  /** Where it is told that requests may be sent (`"/readyz"`). */
  readonly ready?: string | undefined
}
interface Part extends Health {
  readonly name: string
}

export type ResolvedHealth = Readonly<Required<HealthOptions>>

/**
 * Answers the questions of balancers and orchestrators, or gives `null` for what is none. Ready is who is not stopping, and
 * whose parts serve; alive is who answers: a part that is down is no reason to be killed.
 */
export function healthReply(
  { parts, live, ready }: ResolvedHealth,
  target: string,
  stopping: () => boolean,
): Awaitable<Reply> | null {
  if (target === live) return reply("up")
  if (target !== ready) return null
  if (stopping()) return reply("down")
  return readiness(parts)
}

async function readiness(parts: ResolvedHealth["parts"]): Promise<Reply> {
  try {
    const { status, children = [] } = (await parts?.()) ?? ({ status: "up" } as const)
    // details are for people with a right to them
    return reply(
      status,
      children.map(({ name, status }) => [name, status]),
    )
  } catch {
    return reply("down")
  }
}

function reply(
  status: Health["status"],
  parts: readonly (readonly [string, string])[] = [],
): Reply {
  const body = parts.length === 0 ? { status } : { status, parts: Object.fromEntries(parts) }
  return new Reply(status === "down" ? 503 : 200, HEADERS, JSON.stringify(body))
}
const HEADERS = [
  ["content-type", "application/json; charset=utf-8"],
  ["cache-control", "no-store"],
] as const

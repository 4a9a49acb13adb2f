import type { ChildHealth, Health, SupervisorHealth } from "../health.ts"
import type { Entry } from "./stop.ts"
import { within } from "./within.ts"

/** How long a child may take to say how it is, in milliseconds. */
const PATIENCE = 5000

const severity = { up: 0, degraded: 1, down: 2 } as const

/** Asks all children at once; one that fails or does not answer in time is down. */
export async function healthOf(
  entries: readonly Entry[],
  stopping: boolean,
): Promise<SupervisorHealth> {
  const answers = await Promise.all(entries.map(ask))
  const children = answers.filter((answer) => answer !== undefined)
  if (stopping) return { status: "down", detail: "stopping", children }
  const worst = Math.max(0, ...children.map(({ status }) => severity[status]))
  return { status: worst === 2 ? "down" : worst === 1 ? "degraded" : "up", children }
}

async function ask({ name, started, settled }: Entry): Promise<ChildHealth | undefined> {
  if (!settled) return { name, status: "degraded", detail: "starting" }
  const answer = started.then((service): Promise<Health> | Health | undefined =>
    typeof service?.health === "function" ? service.health() : undefined,
  )
  try {
    const health = await within("the answer", PATIENCE, answer)
    return health === undefined ? undefined : { ...health, name }
  } catch (error) {
    return { name, status: "down", detail: error instanceof Error ? error.message : String(error) }
  }
}

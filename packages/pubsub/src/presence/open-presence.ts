import { type Child, type Clock, type Duration, OptionsError, parseLimits } from "@bennu/core"
import type { Bus } from "../bus.ts"
import type { FetchPresents, Presence } from "./presence.ts"
import { PresenceService } from "./presence-service.ts"

export interface PresenceOptions {
  /** What carries it between nodes. */
  readonly pubsub: { readonly bus: Bus }
  /** Keeps it apart from others on the same pubsub (`"presence"`). */
  readonly name?: string | undefined
  readonly fetch?: FetchPresents | undefined
  /** Aborts when the app begins to stop, before its sockets are closed: a supervisor's `signal`. Then users are handed over. */
  readonly signal?: AbortSignal | undefined
  /** Parts that topics are divided into, the same number on all nodes (1). More make smaller messages of many presences. */
  readonly shards?: number | undefined
  /** How often a node says that it is alive, and how far it is (`"1.5s"`). */
  readonly heartbeat?: Duration | undefined
  /** How soon changes are told to the other nodes: those of this time go together (`"25ms"`). */
  readonly flush?: Duration | undefined
  /** How long a node may be silent before its users are seen as gone (`"30s"`). */
  readonly downPeriod?: Duration | undefined
  /** How long before it is forgotten (`"20m"`). */
  readonly permdownPeriod?: Duration | undefined
  /** How long others see the users of a node that stops, while they are on their way (`"10s"`). */
  readonly handOver?: Duration | undefined
  /** How long `fetch` may take; then a change is told without it (`"5s"`). */
  readonly fetchTimeout?: Duration | undefined
  /** Presences that this node tracks at most (250,000). */
  readonly maxTracked?: number | undefined
  /** Changes that are kept for nodes that missed some; who missed more gets all (10,000). */
  readonly maxLog?: number | undefined
  /** Milliseconds that do not jump (`performance.now`). */
  readonly now?: Clock | undefined
}

const DEFAULTS = {
  shards: 1,
  heartbeat: "1.5s",
  flush: "25ms",
  downPeriod: "30s",
  permdownPeriod: "20m",
  handOver: "10s",
  fetchTimeout: "5s",
  maxTracked: 250_000,
  maxLog: 10_000,
} as const

/** Each is at least as long as the other: who is forgotten before they are seen as gone would be seen for ever. */
const LONGER = [
  ["downPeriod", "heartbeat"],
  ["permdownPeriod", "downPeriod"],
  ["permdownPeriod", "handOver"],
] as const

/** What our code reads: times are milliseconds. */
export type PresenceLimits = { readonly [K in keyof typeof DEFAULTS]: number }

/**
 * Knows who is where, on every node, without a place that all depend on. Start it after its pubsub and before what its
 * users connect to.
 * @throws {OptionsError} when a bound is none.
 * @example const presence = await app.start(openPresence({ pubsub, signal: app.signal }))
 */
export function openPresence(options: PresenceOptions): Child<Presence> {
  const {
    pubsub,
    name = "presence",
    fetch,
    signal,
    now = () => performance.now(),
    ...given
  } = options
  const limits: PresenceLimits = parseLimits("presence", DEFAULTS, given)
  const issues = LONGER.filter(([long, short]) => limits[long] < limits[short]).map(
    ([long, short]) => ({ path: [long], message: `has to be ${short} at least` }),
  )
  if (issues.length > 0) throw new OptionsError("presence", issues)
  return {
    name,
    async start() {
      const service = new PresenceService({ bus: pubsub.bus, name, fetch, now, limits })
      const handOver = () => void service.handOver()
      if (signal?.aborted) handOver()
      else signal?.addEventListener("abort", handOver)
      return service
    },
  }
}

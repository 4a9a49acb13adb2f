import { type Duration, milliseconds, OptionsError } from "@bennu/core"
import { demandKnown } from "./known-options.ts"

/** How much one client may ask for. Beyond a limit a client is told so, and others notice nothing. */
export interface SocketLimits {
  /** Bytes of one frame from a client (65,536); the socket is closed with 1009 beyond it. */
  readonly frameBytes?: number | undefined
  /** Characters of a ref, a topic or an event (255). */
  readonly nameLength?: number | undefined
  /** Arrays and objects within one another in a frame (64). */
  readonly depth?: number | undefined
  /** Channels that one socket may have joined at once (100). */
  readonly channels?: number | undefined
  /** Joins that one socket may ask for in a second, on average (20). */
  readonly joinsPerSecond?: number | undefined
  /** Joins at once, so that a client that comes back can join all it had (100). */
  readonly joinBurst?: number | undefined
  /** Events that one socket may send in a second, on average (100). */
  readonly eventsPerSecond?: number | undefined
  /** Events at once (200). */
  readonly eventBurst?: number | undefined
  /** Sockets that one session may have open on this node (50), where the socket's `session` names them. */
  readonly socketsPerSession?: number | undefined
  /** Messages that may wait for one channel (1,000); it is restarted beyond it. */
  readonly mailbox?: number | undefined
  /** Bytes that may wait to be read by a client (1,048,576); the socket is closed with 1013 beyond it. */
  readonly outboundBytes?: number | undefined
  /** Frames that may wait to be read by a client (500); the socket is closed with 1013 beyond it. */
  readonly outboundMessages?: number | undefined
  /** How long a socket may be silent (`"60s"`); clients send a heartbeat every 30 seconds. */
  readonly idle?: Duration | undefined
  /** How long a channel that is left, joined anew or cut off may take to clean up (`"5s"`). */
  readonly shutdown?: Duration | undefined
}

/** What our code reads: nothing is optional, times are milliseconds. */
export type ResolvedLimits = Readonly<Record<keyof SocketLimits, number>>

const counts = {
  frameBytes: 65_536,
  nameLength: 255,
  depth: 64,
  channels: 100,
  joinsPerSecond: 20,
  joinBurst: 100,
  eventsPerSecond: 100,
  eventBurst: 200,
  socketsPerSession: 50,
  mailbox: 1_000,
  outboundBytes: 1_048_576,
  outboundMessages: 500,
} as const

const times = { idle: "60s", shutdown: "5s" } as const

/** @throws {OptionsError} for what is not a limit: a bound that is NaN would be no bound. */
export function resolveLimits(limits: SocketLimits): ResolvedLimits {
  const names = [...Object.keys(counts), ...Object.keys(times)]
  demandKnown("socket's limits", names, limits)
  const issues = Object.entries(limits)
    .filter(([name, value]) => Object.hasOwn(counts, name) && value !== undefined)
    .filter(([, value]) => !Number.isSafeInteger(value) || Number(value) < 1)
    .map(([name]) => ({ message: "has to be a whole number from 1", path: ["limits", name] }))
  if (issues.length > 0) throw new OptionsError("socket", issues)
  const count = (name: keyof typeof counts) => limits[name] ?? counts[name]
  return {
    frameBytes: count("frameBytes"),
    nameLength: count("nameLength"),
    depth: count("depth"),
    channels: count("channels"),
    joinsPerSecond: count("joinsPerSecond"),
    joinBurst: count("joinBurst"),
    eventsPerSecond: count("eventsPerSecond"),
    eventBurst: count("eventBurst"),
    socketsPerSession: count("socketsPerSession"),
    mailbox: count("mailbox"),
    outboundBytes: count("outboundBytes"),
    outboundMessages: count("outboundMessages"),
    idle: milliseconds(limits.idle ?? times.idle),
    shutdown: milliseconds(limits.shutdown ?? times.shutdown),
  }
}

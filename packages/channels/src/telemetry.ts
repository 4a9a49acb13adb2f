import { event } from "@bennu/telemetry"

/** A socket was opened. */
export const socketConnected = event<{
  readonly id: string | null
  readonly remoteAddress: string | null
}>("bennu.channels.socket.connect")

/** A socket was not opened, and the client was told no more than the status. */
export const socketRefused = event<{
  readonly status: number
  readonly reason: string
  readonly error?: unknown
}>("bennu.channels.socket.refuse")

/** A socket is gone. */
export const socketClosed = event<{ readonly code: number }>("bennu.channels.socket.close")

/** A client sent what is not a frame; its socket was closed. */
export const frameMalformed = event<{ readonly error: unknown }>("bennu.channels.frame.malform")

/** The other nodes could not be told that a session has ended. */
export const revocationFailed = event<{ readonly session: string; readonly error: unknown }>(
  "bennu.channels.revocation.fail",
)

/** A frame was not sent: the client's transport cannot carry it. */
export const frameDropped = event<{ readonly reason: string }>("bennu.channels.frame.drop")

/** A client went beyond a limit. */
export const limitReached = event<{
  readonly limit:
    | "frameBytes"
    | "channels"
    | "joins"
    | "events"
    | "outbound"
    | "idle"
    | "sessions"
    | "socketsPerSession"
    | "batch"
  readonly topic?: string
}>("bennu.channels.limit.reach")

/** A client joined a topic. */
export const channelJoined = event<{ readonly topic: string }>("bennu.channels.channel.join")

/** A client was not let into a topic. */
export const channelRefused = event<{ readonly topic: string; readonly error: object }>(
  "bennu.channels.channel.refuse",
)

/** A join, a handler or a clean-up threw. Only this channel ended. */
export const channelCrashed = event<{ readonly topic: string; readonly error: unknown }>(
  "bennu.channels.channel.crash",
)

/** A joined channel ended. */
export const channelEnded = event<{ readonly topic: string; readonly reason: string }>(
  "bennu.channels.channel.end",
)

/** A broadcast cannot be read, or does not fit the contract of who intercepts it: another version of the app sent it. */
export const broadcastRefused = event<{
  readonly topic: string
  readonly event?: string
  readonly error: unknown
}>("bennu.channels.broadcast.refuse")

import { local, openPubSub, type PubSub } from "@bennu/pubsub"
import type { Mountable } from "../channel/channel.ts"
import type { ChannelHandler } from "../channel-handler.ts"
import { type SocketOptions, socketHandler } from "../socket.ts"
import type { SocketHandler } from "../transport.ts"
import { type ConnectOptions, connectSocket } from "./connect-socket.ts"
import type { TestSocket } from "./test-socket.ts"

/** Answers every event with its own payload. */
export const echo: ChannelHandler = {
  join: () => ({
    message(_event, payload, reply) {
      reply("ok", isObject(payload) ? payload : { payload })
    },
    terminate() {},
  }),
}

export interface Opened {
  readonly client: TestSocket
  readonly handler: SocketHandler
  readonly pubsub: PubSub
}

/** A pubsub of one node, a socket handler with these channels, and one client that is connected to it. */
export async function openSocket<A = undefined>(
  channels: Readonly<Record<string, Mountable<A>>>,
  options: Partial<SocketOptions<A>> = {},
  connect: ConnectOptions = {},
): Promise<Opened> {
  const pubsub = await openPubSub({ adapter: local() }).start(new AbortController().signal)
  const handler = socketHandler({ channels, pubsub, ...options })
  return { client: await connectSocket(handler, connect), handler, pubsub }
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

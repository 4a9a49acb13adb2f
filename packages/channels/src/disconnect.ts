import type { Bus, BusOptions } from "@bennu/pubsub"
import { broadcastFrame } from "./broadcasts.ts"
import type { Payload } from "./payload.ts"
import { disconnectTopic } from "./socket-connection.ts"

/**
 * Closes every socket of this id, on all nodes: when a user logs out or loses a right. Their clients connect
 * anew, and `connect` decides again.
 */
export const disconnect = (pubsub: { readonly bus: Bus }, id: string): Promise<void> =>
  pubsub.bus.broadcast(disconnectTopic(id), "disconnect")

/**
 * Sends to every client that joined a topic, from anywhere in the app.
 * @param options `history`, to keep it for clients that are away.
 */
export const broadcastTo = (
  pubsub: { readonly bus: Bus },
  topic: string,
  event: string,
  payload: Payload,
  options: BusOptions = {},
): Promise<void> => broadcastFrame(pubsub.bus, topic, event, payload, options)

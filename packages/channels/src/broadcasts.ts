import { AsyncLocalStorage } from "node:async_hooks"
import { randomToken } from "@bennu/core/crypto"
import type { Bus } from "@bennu/pubsub"
import { type Encoding, encodeBroadcast, sizeOf } from "./encode.ts"
import type { Payload } from "./payload.ts"
import { broadcastRefused } from "./telemetry.ts"

/** A broadcast as it arrived on this node: encoded once, by whoever sent it. */
export class Broadcast {
  readonly frame: Encoding
  /** Bytes of the frame, counted once for all who get it. */
  readonly size: number
  #read: { readonly event: string; readonly payload: unknown } | null = null

  constructor(frame: Encoding) {
    this.frame = frame
    this.size = sizeOf(frame)
  }

  /** Event and payload, for those who do not pass the frame on as it is. */
  read(): { readonly event: string; readonly payload: unknown } {
    this.#read ??= typeof this.frame === "string" ? readText(this.frame) : readBinary(this.frame)
    return this.#read
  }
}

/** A joined channel. */
export interface TopicListener {
  readonly topic: string
  /** Tells it from all others of this node, so that it can be left out of its own broadcasts. */
  readonly id: number
  hear(broadcast: Broadcast): void
}

interface Room {
  readonly listeners: Set<TopicListener>
  readonly subscription: Disposable
}

/** The joined channels of one kind of socket, by topic: one subscription a topic, whatever the number of channels. */
export class Broadcasts {
  readonly #bus: Bus
  readonly #rooms = new Map<string, Room>()
  // A room outlives the request that opened it, so its subscription must not hold on to that one's context
  readonly #outside = AsyncLocalStorage.snapshot()
  /** Names this node among all. */
  readonly #node = randomToken(9)
  #count = 0

  constructor(bus: Bus) {
    this.#bus = bus
  }

  newId(): number {
    return ++this.#count
  }

  listen(listener: TopicListener): void {
    const { topic } = listener
    const room = this.#rooms.get(topic) ?? this.#open(topic)
    room.listeners.add(listener)
  }

  unlisten(listener: TopicListener): void {
    const { topic } = listener
    const room = this.#rooms.get(topic)
    if (!room?.listeners.delete(listener) || room.listeners.size > 0) return
    this.#rooms.delete(topic)
    room.subscription[Symbol.dispose]()
  }

  /** Sends to all who joined the topic and listen, on every node. @param from The listener to leave out. */
  send(topic: string, event: string, payload: Payload, from?: TopicListener): Promise<void> {
    const sender = from ? `${this.#node}.${from.id}` : ""
    return broadcastFrame(this.#bus, topic, event, payload, sender)
  }

  #open(topic: string): Room {
    const listeners = new Set<TopicListener>()
    const subscription = this.#outside(() =>
      this.#bus.subscribe(busTopic(topic), (message) => {
        const { from, broadcast } = open(message)
        const [node, id] = from.split(".")
        const sender = node === this.#node ? Number(id) : null
        for (const listener of listeners) {
          if (listener.id !== sender) hear(listener, broadcast)
        }
      }),
    )
    const room = { listeners, subscription }
    this.#rooms.set(topic, room)
    return room
  }
}

/** What one listener cannot take must not keep it from the others. */
function hear(listener: TopicListener, broadcast: Broadcast): void {
  try {
    listener.hear(broadcast)
  } catch (error) {
    broadcastRefused.emit(() => ({ topic: listener.topic, error }))
  }
}

/** Sends to all who joined the topic and listen, on every node. @param from Names the listener to leave out. */
export async function broadcastFrame(
  bus: Bus,
  topic: string,
  event: string,
  payload: Payload,
  from = "",
): Promise<void> {
  await bus.broadcast(busTopic(topic), seal(encodeBroadcast(topic, event, payload), from))
}

const busTopic = (topic: string) => `channel:${topic}`

// On the bus: who sends (which has no bar in it), a bar, and the frame; one that is bytes as base64, which
// cannot begin like an array
const seal = (frame: Encoding, from: string): string =>
  `${from}|${typeof frame === "string" ? frame : Buffer.from(frame).toString("base64")}`

function open(message: string): { readonly from: string; readonly broadcast: Broadcast } {
  const bar = message.indexOf("|")
  const frame = message.slice(bar + 1)
  return {
    from: message.slice(0, bar),
    broadcast: new Broadcast(frame.startsWith("[") ? frame : Buffer.from(frame, "base64")),
  }
}

function readText(frame: string) {
  // Made by encodeBroadcast, on this node or another
  const [, , , event, payload]: [null, null, string, string, unknown] = JSON.parse(frame)
  return { event, payload }
}

function readBinary(frame: Uint8Array) {
  const [, topic = 0, event = 0] = frame
  const start = 3 + topic
  return {
    event: Buffer.from(frame.subarray(start, start + event)).toString(),
    payload: frame.subarray(start + event),
  }
}

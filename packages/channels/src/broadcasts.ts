import { AsyncLocalStorage } from "node:async_hooks"
import { randomToken } from "@bennu/core/crypto"
import type { Bus, BusOptions } from "@bennu/pubsub"
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
  /** Whether its client wants to know where in the topic's history a broadcast is. */
  readonly wantsCursors: boolean
  hear(broadcast: Broadcast): void
}

/** What a client missed. */
export interface Missed {
  readonly broadcasts: readonly Broadcast[]
  /** Whether that is all. */
  readonly complete: boolean
  /** For the next time. */
  readonly cursor: string
}

interface Room {
  readonly listeners: Set<TopicListener>
  /** Whether one of them wants cursors: then all get them, in the one frame. */
  hasCursors: boolean
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
    room.hasCursors ||= listener.wantsCursors
  }

  unlisten(listener: TopicListener): void {
    const { topic } = listener
    const room = this.#rooms.get(topic)
    if (!room?.listeners.delete(listener) || room.listeners.size > 0) return
    this.#rooms.delete(topic)
    room.subscription[Symbol.dispose]()
  }

  /** Sends to all who joined the topic and listen, on every node. @param from The listener to leave out. */
  send(
    topic: string,
    event: string,
    payload: Payload,
    options: { readonly from?: TopicListener } & BusOptions = {},
  ): Promise<void> {
    const { from, history } = options
    const sender = from ? `${this.#node}.${from.id}` : ""
    return broadcastFrame(this.#bus, topic, event, payload, { history }, sender)
  }

  /** What was kept of a topic since a client was here; all that is new to who never was is from now on. */
  missed(topic: string, since: unknown): Missed {
    const name = busTopic(topic)
    if (since === undefined || since === null) {
      return { broadcasts: [], complete: true, cursor: this.#bus.cursor(name) }
    }
    const { messages, ...rest } = this.#bus.replay(name, typeof since === "string" ? since : "")
    return { broadcasts: messages.map((message) => open(message).broadcast), ...rest }
  }

  #open(topic: string): Room {
    const listeners = new Set<TopicListener>()
    const subscription = this.#outside(() =>
      this.#bus.subscribe(busTopic(topic), (message) => {
        const { from, broadcast } = open(message, room.hasCursors ? this.#cursor(topic) : null)
        const [node, id] = from.split(".")
        const sender = node === this.#node ? Number(id) : null
        for (const listener of listeners) {
          if (listener.id !== sender) hear(listener, broadcast)
        }
      }),
    )
    const room: Room = { listeners, subscription, hasCursors: false }
    this.#rooms.set(topic, room)
    return room
  }

  #cursor(topic: string): string {
    return this.#bus.cursor(busTopic(topic))
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
  options: BusOptions = {},
  from = "",
): Promise<void> {
  await bus.broadcast(busTopic(topic), seal(encodeBroadcast(topic, event, payload), from), options)
}

const busTopic = (topic: string) => `channel:${topic}`

// On the bus: who sends (which has no bar in it), a bar, and the frame; one that is bytes as base64, which
// cannot begin like an array
const seal = (frame: Encoding, from: string): string =>
  `${from}|${typeof frame === "string" ? frame : Buffer.from(frame).toString("base64")}`

function open(message: string, cursor: string | null = null) {
  const bar = message.indexOf("|")
  const frame = message.slice(bar + 1)
  const isText = frame.startsWith("[")
  const text = isText && cursor !== null ? withCursor(frame, cursor) : frame
  const broadcast = new Broadcast(isText ? text : Buffer.from(frame, "base64"))
  return { from: message.slice(0, bar), broadcast }
}

/** Adds a cursor, which needs no escapes, to the payload that a frame ends with; one that is no object has no room for it. */
function withCursor(frame: string, cursor: string): string {
  const end = frame.lastIndexOf("}")
  if (frame.slice(end + 1).trim() !== "]") return frame
  const before = frame.slice(0, end).trimEnd()
  return `${before}${before.endsWith("{") ? "" : ","}"cursor":"${cursor}"}]`
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

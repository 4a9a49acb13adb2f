import type { Clock } from "@bennu/core"
import type { Presence, PubSub } from "@bennu/pubsub"
import type { Broadcasts, Missed, TopicListener } from "./broadcasts.ts"
import { type Encoding, encodeReply, sizeOf } from "./encode.ts"
import type { Endings } from "./endings.ts"
import { decodeFrame, type Frame, type FrameLimits } from "./frame.ts"
import { JoiningChannel } from "./joining-channel.ts"
import type { ResolvedLimits } from "./limits.ts"
import type { Mounted } from "./mounted.ts"
import { Outbound } from "./outbound.ts"
import type { Presences } from "./presences.ts"
import { type ChannelHome, type Expected, ServerChannel } from "./server-channel.ts"
import { type Sessions, sessionTopic } from "./sessions.ts"
import { Silence } from "./silence.ts"
import { frameMalformed, limitReached, socketClosed } from "./telemetry.ts"
import type { Timer } from "./timer.ts"
import { TokenBucket } from "./token-bucket.ts"
import type { TopicPatterns } from "./topic-patterns.ts"
import type { Connection, Transport, UpgradeRequest } from "./transport.ts"

/** All that the sockets of one handler have in common. */
export interface SocketShared {
  readonly patterns: TopicPatterns<Mounted>
  /** Bytes of the largest frame that any of its channels may be sent. */
  readonly maxPayload: number
  readonly sessions: Sessions
  readonly endings: Endings
  readonly broadcasts: Broadcasts
  readonly pubsub: PubSub
  readonly presence: Presence | null
  readonly presences: Presences | null
  readonly limits: ResolvedLimits
  readonly now: Clock
  readonly timer: Timer
}

/** Whether a client is still welcome, and how often to ask. */
export interface Rechecking {
  /** Milliseconds. */
  readonly every: number
  isWelcome(): Promise<boolean>
}

/** What is known about a socket when it is opened. */
export interface SocketFacts {
  readonly id: string | null
  readonly session: string | null
  readonly connectParams: Readonly<Record<string, unknown>>
  readonly assigns: unknown
  readonly request: UpgradeRequest
  readonly recheck: Rechecking | null
}

/** One client's socket: reads its frames, and keeps one channel a topic. */
export class SocketConnection implements Connection, ChannelHome {
  readonly #shared: SocketShared
  readonly #facts: SocketFacts
  readonly #transport: Transport
  readonly #outbound: Outbound
  readonly #channels = new Map<string, ServerChannel>()
  /** Those that others asked for; most sockets never have any. */
  #expected: Set<ServerChannel> | null = null
  #expecting = 0
  readonly #joins: TokenBucket
  readonly #events: TokenBucket
  readonly #silence: Silence | null
  #rechecks: Disposable | null = null
  /** What is let go of when it closes. */
  readonly #held = new DisposableStack()
  #open = true
  /** Waited for by those who have something newer to say. */
  #caughtUp: PromiseWithResolvers<void> | null = null

  constructor(shared: SocketShared, facts: SocketFacts, transport: Transport) {
    const { limits, now } = shared
    this.#shared = shared
    this.#facts = facts
    this.#transport = transport
    this.#outbound = new Outbound(transport, limits)
    this.#joins = new TokenBucket(limits.joinsPerSecond, limits.joinBurst, now)
    this.#events = new TokenBucket(limits.eventsPerSecond, limits.eventBurst, now)
    this.#silence = transport.noticesAbsence ? null : this.#watch(limits.idle)
    const { id, session, recheck } = facts
    if (recheck) this.#recheck(recheck)
    if (id !== null) this.#closeOn(disconnectTopic(id), "disconnected")
    if (session !== null) {
      this.#closeOn(sessionTopic(session), "the session has ended")
      // Others that were asking at the same time may have been faster
      if (shared.sessions.isFull(session))
        queueMicrotask(() => this.#close(1008, "too many sockets"))
      this.#held.use(shared.sessions.enter(session))
    }
  }

  get mailbox(): number {
    return this.#shared.limits.mailbox
  }

  get shutdown(): number {
    return this.#shared.limits.shutdown
  }

  message(data: string | Uint8Array): void {
    if (!this.#open) return
    this.#silence?.heard()
    const { limits, maxPayload } = this.#shared
    const { frameBytes, nameLength, depth } = limits
    if (isLonger(data, maxPayload)) {
      this.#tooLong(maxPayload)
      return
    }
    const frame = this.#decoded(data, { name: nameLength, depth })
    if (!frame) return
    const channel = this.#channels.get(frame.topic)
    const allowed = channel?.allowance.frameBytes ?? frameBytes
    if (allowed < maxPayload && isLonger(data, allowed)) this.#tooLong(allowed)
    else this.#route(frame, channel)
  }

  closed(code: number): void {
    if (this.#open) this.#shut(code, !goodbyes.has(code))
  }

  drain(): void {
    this.#outbound.drained()
    this.#caughtUp?.resolve()
    this.#caughtUp = null
  }

  whenRead(): Promise<void> | null {
    if (!this.#open || this.#transport.bufferedAmount === 0) return null
    this.#caughtUp ??= Promise.withResolvers<void>()
    return this.#caughtUp.promise
  }

  send(frame: Encoding, size: number = sizeOf(frame)): void {
    if (!this.#open) return
    if (this.#outbound.hasRoom()) {
      this.#outbound.send(frame, size)
    } else {
      limitReached.emit(() => ({ limit: "outbound" }))
      this.#close(1013, "too much is waiting to be read", true)
    }
  }

  listen(channel: TopicListener): void {
    this.#shared.broadcasts.listen(channel)
  }

  unlisten(channel: TopicListener): void {
    this.#shared.broadcasts.unlisten(channel)
  }

  missed(topic: string, since: unknown): Missed {
    return this.#shared.broadcasts.missed(topic, since)
  }

  forget(channel: ServerChannel): void {
    this.#expected?.delete(channel)
    if (this.#channels.get(channel.topic) === channel) this.#channels.delete(channel.topic)
  }

  expect(channel: ServerChannel, { joins = 0, events = 0 }: Expected): void {
    this.#expecting = Math.min(this.#expecting + joins, MOST_EXPECTED)
    const bucket = channel.allowance.events ?? this.#events
    bucket.grant(events, MOST_EXPECTED)
  }

  reconnect(): void {
    this.#close(1012, "come back by another connection", true)
  }

  #tooLong(bytes: number): void {
    limitReached.emit(() => ({ limit: "frameBytes" }))
    this.#close(1009, `frames are ${bytes} bytes at most`)
  }

  #closeOn(topic: string, reason: string): void {
    const { bus } = this.#shared.pubsub
    this.#held.use(bus.subscribe(topic, () => this.#close(1001, reason)))
  }

  #recheck(recheck: Rechecking): void {
    const alarm = this.#shared.timer(recheck.every, () => {
      recheck
        .isWelcome()
        .catch(() => false)
        .then((welcome) => {
          if (!welcome) this.#close(1001, "no longer welcome")
          else if (this.#open) this.#recheck(recheck)
        })
    })
    this.#rechecks?.[Symbol.dispose]()
    this.#rechecks = alarm
  }

  #watch(milliseconds: number): Silence {
    return new Silence(milliseconds, () => {
      limitReached.emit(() => ({ limit: "idle" }))
      this.#close(1001, "idle", true)
    })
  }

  #decoded(data: string | Uint8Array, limits: FrameLimits): Frame | null {
    try {
      return decodeFrame(data, limits)
    } catch (error) {
      frameMalformed.emit(() => ({ error }))
      // What the reference server closes with when it cannot read a frame
      this.#close(1011, "malformed frame")
      return null
    }
  }

  #route(frame: Frame, channel: ServerChannel | undefined): void {
    const { joinRef, ref, topic, event } = frame
    if (topic === "phoenix" && event === "heartbeat") {
      this.send(encodeReply(null, ref, topic, "ok", {}))
    } else if (event === "phx_join") {
      this.#join(frame)
    } else {
      // A message of an older join of this topic: its client has given up on it
      if (channel && joinRef !== null && joinRef !== channel.joinRef) return
      if (event === "phx_leave") this.#leave(channel, frame)
      else this.#deliver(channel, frame)
    }
  }

  #leave(channel: ServerChannel | undefined, { joinRef, ref, topic }: Frame): void {
    if (channel) channel.leave(ref)
    else this.send(encodeReply(joinRef, ref, topic, "ok", {}))
  }

  #deliver(channel: ServerChannel | undefined, frame: Frame): void {
    const events = channel?.allowance.events ?? this.#events
    if (!events.take()) {
      limitReached.emit(() => ({ limit: "events", topic: frame.topic }))
      this.#refuse(frame, "too many events")
    } else if (!channel?.receive(frame)) {
      this.#refuse({ ...frame, joinRef: null }, "unmatched topic")
    }
  }

  #join(frame: Frame): void {
    const { ref, topic } = frame
    const joinRef = frame.joinRef ?? ref
    const mounted = topic === "phoenix" ? null : this.#shared.patterns.match(topic)
    const before = this.#channels.get(topic)
    const expected = mounted?.expected === true && this.#expecting > 0
    if (expected) this.#expecting--
    if (!expected && !this.#joins.take()) {
      limitReached.emit(() => ({ limit: "joins", topic }))
      this.#refuse({ ...frame, joinRef }, "too many joins")
    } else if (joinRef === null) {
      this.#refuse(frame, "join without a ref")
    } else if (!mounted) {
      this.#refuse({ ...frame, joinRef: null }, "unmatched topic")
    } else if (!before && !expected && this.#isFull()) {
      limitReached.emit(() => ({ limit: "channels", topic }))
      this.#refuse({ ...frame, joinRef }, "too many channels joined")
    } else {
      const { broadcasts, now } = this.#shared
      const names = { id: broadcasts.newId(), topic, joinRef }
      const channel = new ServerChannel(this, mounted.allowance(now), names)
      this.#channels.set(topic, channel)
      if (expected) this.#expected = (this.#expected ?? new Set()).add(channel)
      const joining = new JoiningChannel(this.#shared, this.#facts, channel, frame.payload)
      channel.start(ref, () => mounted.handler.join(joining), before?.cut("rejoined") ?? null)
    }
  }

  #isFull(): boolean {
    return this.#channels.size - (this.#expected?.size ?? 0) >= this.#shared.limits.channels
  }

  #refuse({ joinRef, ref, topic }: Frame, reason: string): void {
    this.send(encodeReply(joinRef, ref, topic, "error", { reason }))
  }

  /** @param broken It is the connection that is given up, and not the client. */
  #close(code: number, reason: string, broken = false): void {
    if (!this.#open) return
    this.#shut(code, broken)
    this.#transport.close(code, reason)
  }

  #shut(code: number, broken: boolean): void {
    this.#open = false
    this.#caughtUp?.resolve()
    this.#silence?.[Symbol.dispose]()
    this.#rechecks?.[Symbol.dispose]()
    this.#held.dispose()
    for (const channel of [...this.#channels.values()]) {
      const ending = channel.cut("closed", broken)
      if (ending) this.#shared.endings.add(ending)
    }
    socketClosed.emit(() => ({ code }))
  }
}

// What a client may have been asked for at once: as many files as anybody chooses, and a hundred events for some of them.
const MOST_EXPECTED = 20_000

// RFC 6455 §7.4.1: a page that goes elsewhere, and one that closes without giving a reason, as the official client does then
const goodbyes = new Set([1001, 1005])

/** Where a socket hears that it has to go. */
export const disconnectTopic = (id: string): string => `socket:${id}`

// A string has at least as many bytes as its length, and at most three times as many
const isLonger = (data: string | Uint8Array, bytes: number): boolean =>
  data.length > bytes ||
  (typeof data === "string" && data.length * 3 > bytes && Buffer.byteLength(data) > bytes)

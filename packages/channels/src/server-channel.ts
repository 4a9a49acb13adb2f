import { AsyncResource } from "node:async_hooks"
import type { Awaitable } from "@bennu/core"
import { span } from "@bennu/telemetry"
import type { Broadcast, Missed, TopicListener } from "./broadcasts.ts"
import type {
  Answer,
  EndReason,
  Joined,
  Joining,
  JoinRefused,
  ListenOptions,
} from "./channel-handler.ts"
import { type Encoding, encodeClose, encodeError, encodePush, encodeReply } from "./encode.ts"
import { AnsweredTwiceError, MailboxFullError } from "./errors.ts"
import type { Frame } from "./frame.ts"
import { Mailbox, type MailboxOwner, type Task } from "./mailbox.ts"
import type { Allowance } from "./mounted.ts"
import type { Payload } from "./payload.ts"
import { after, pending } from "./pending.ts"
import { channelCrashed, channelEnded, channelJoined, channelRefused } from "./telemetry.ts"

/** What a client was asked for. */
export type Expected = Parameters<Joining["expect"]>[0]

/** What a channel needs of its socket. */
export interface ChannelHome {
  /** @param size Its bytes, where they are known. */
  send(frame: Encoding, size?: number): void
  /** Null when its client has read what was sent. */
  whenRead(): Promise<void> | null
  /** Subscribes a channel to the broadcasts of its topic. */
  listen(channel: TopicListener): void
  unlisten(channel: TopicListener): void
  /** A channel asked its client for joins and events. */
  expect(channel: ServerChannel, asked: Expected): void
  /** What was broadcast and kept since a client was here. */
  missed(topic: string, since: unknown): Missed
  /** Gives up the connection, for its client to come by another one. */
  reconnect(): void
  /** The channel is no more. */
  forget(channel: ServerChannel): void
  readonly mailbox: number
  /** Milliseconds that a clean-up may take. */
  readonly shutdown: number
}

const passing: ListenOptions = {}

/** One join of one topic on one socket, from the request to join to the end of its clean-up. */
export class ServerChannel implements TopicListener, MailboxOwner {
  readonly topic: string
  readonly joinRef: string
  readonly id: number
  readonly allowance: Allowance
  /** Its connection broke: nobody said goodbye. */
  broken = false
  readonly #home: ChannelHome
  readonly #mailbox: Mailbox
  // A handler runs in its channel's context, whoever's broadcast or timer it answers. What AsyncLocalStorage.snapshot
  // makes does the same and takes a kilobyte.
  readonly #context = new AsyncResource("bennu.channel")
  /** Made when somebody asks for its signal: most channels never do, and it is large. */
  #abort: AbortController | null = null
  #aborted = false
  /** For who waits until nothing of it runs any more, or its time to clean up is over. */
  #ended: PromiseWithResolvers<void> | null = null
  #cleaning: NodeJS.Timeout | null = null
  /** The leave that has to be answered. */
  #leaving: { readonly ref: string | null } | null = null
  /** Pushes that were made before the join was answered. */
  #held: Encoding[] | null = []
  #joined: Joined | null = null
  #listening: ListenOptions | null = null
  /** What its client is told once it has read what it was sent. */
  #latest: Map<string, Broadcast> | null = null
  /** The join that has not been answered. */
  #asked: { readonly ref: string | null } | null = null
  #over = false
  #mute = false
  #finished = false

  constructor(
    home: ChannelHome,
    allowance: Allowance,
    {
      id,
      topic,
      joinRef,
    }: { readonly id: number; readonly topic: string; readonly joinRef: string },
  ) {
    this.#home = home
    this.allowance = allowance
    this.id = id
    this.topic = topic
    this.joinRef = joinRef
    this.#mailbox = new Mailbox(this, home.mailbox)
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.#aborted) this.#abort.abort()
    return this.#abort.signal
  }

  /** Asks to be let in. @param before What has to end first. */
  start(
    ref: string | null,
    join: () => Awaitable<Joined | JoinRefused>,
    before: Promise<void> | null,
  ): void {
    this.#asked = { ref }
    if (before) this.post(() => before)
    this.post(() => this.#join(join))
  }

  /** Takes one message of the client; false when the channel is ending and takes no more. */
  receive(frame: Frame): boolean {
    if (this.#over) return false
    this.post(() => this.#handle(frame))
    return true
  }

  /** The client leaves: what it sent before is handled first. */
  leave(ref: string | null): void {
    // It is leaving already: once more is fine, and is not kept
    if (this.#leaving || this.#over) {
      this.#home.send(encodeReply(this.joinRef, ref, this.topic, "ok", {}))
      return
    }
    this.#leaving = { ref }
    // Still joining: there is nothing before it that would have to be handled
    if (!this.#joined) this.#tellToStop()
    this.post(() => this.#end("left"))
  }

  post(task: Task): void {
    if (this.#mailbox.post(task)) return
    this.crash(new MailboxFullError(this.topic, this.#home.mailbox))
  }

  run(task: Task): Awaitable<void> {
    return this.#context.runInAsyncScope(task)
  }

  push(event: string, payload: Payload): void {
    if (this.#mute) return
    const frame = encodePush(this.joinRef, this.topic, event, payload)
    if (!this.#held) this.#home.send(frame)
    else if (this.#held.length < this.#home.mailbox) this.#held.push(frame)
    else this.crash(new MailboxFullError(this.topic, this.#home.mailbox))
  }

  whenRead(): Promise<void> | null {
    return this.#mute ? null : this.#home.whenRead()
  }

  expect(asked: Expected): void {
    if (!this.#over) this.#home.expect(this, asked)
  }

  listen(options: ListenOptions | undefined): void {
    if (this.#listening || this.#over) return
    this.#listening = options ?? passing
    if (this.#joined) this.#startListening()
  }

  get wantsCursors(): boolean {
    return this.#listening?.history !== undefined
  }

  hear(broadcast: Broadcast): void {
    if (this.#over) return
    const { intercepts, intercept } = this.#listening ?? passing
    // Reading a frame costs what encoding it once has saved, so only those who intercept do
    const read = intercepts?.size ? broadcast.read() : null
    if (read && intercepts?.has(read.event)) {
      this.post(() => intercept?.(read.event, read.payload))
    } else if (!this.#isKeptForLater(broadcast)) this.#home.send(broadcast.frame, broadcast.size)
  }

  /** Ends it for good, after what it is doing now. */
  close(): void {
    if (this.#joined) this.#end("stopped")
    else this.post(() => this.#end("stopped"))
  }

  /** Ends it as a failure. */
  crash(error: unknown): void {
    channelCrashed.emit(() => ({ topic: this.topic, error }))
    // Otherwise only the clean-up is left, and it goes on
    if (!this.#over) this.#fail()
  }

  reconnect(): void {
    if (!this.#over) this.#home.reconnect()
  }

  /** Ends it from outside: its client is gone, or joins the topic anew. @returns Null where nothing is left to wait for. */
  cut(reason: "closed" | "rejoined", broken = false): Promise<void> | null {
    this.#mute = true
    this.broken = broken
    this.#end(reason)
    if (this.#finished) return null
    this.#ended ??= Promise.withResolvers()
    return this.#ended.promise
  }

  #join(join: () => Awaitable<Joined | JoinRefused>): Awaitable<void> {
    try {
      const answer = span("bennu.channels.join.handle", () => ({ topic: this.topic }), join)
      const answered = after(answer, (settled) => this.#answerJoin(settled))
      return pending(answered)?.catch((error: unknown) => this.#joinCrashed(error))
    } catch (error) {
      this.#joinCrashed(error)
    }
  }

  #answerJoin(answer: Joined | JoinRefused): void {
    if ("error" in answer) {
      channelRefused.emit(() => ({ topic: this.topic, error: answer.error }))
      if (!this.#over) this.#turnAway(answer.error)
      return
    }
    this.#joined = answer
    // Cut off meanwhile: what joined is undone by the clean-up that waits for this task
    if (this.#over) return
    channelJoined.emit(() => ({ topic: this.topic }))
    this.#answerAsked("ok", answer.response ?? {})
    for (const frame of this.#held ?? []) this.#home.send(frame)
    this.#held = null
    if (this.#listening) this.#startListening()
  }

  #joinCrashed(error: unknown): void {
    const wanted = this.signal.aborted && error === this.signal.reason
    if (!wanted) channelCrashed.emit(() => ({ topic: this.topic, error }))
    if (!this.#over) this.#fail()
  }

  #fail(): void {
    this.#mute = true
    if (this.#asked) {
      this.#turnAway({ reason: "join crashed" })
    } else {
      this.#home.send(encodeError(this.joinRef, this.topic))
      this.#end("crashed")
    }
  }

  #turnAway(error: object): void {
    this.#answerAsked("error", error)
    this.#end("refused")
  }

  #answerAsked(status: string, response: Payload): void {
    if (!this.#asked) return
    const { ref } = this.#asked
    this.#home.send(encodeReply(this.joinRef, ref, this.topic, status, response))
    this.#asked = null
  }

  #handle(frame: Frame): Awaitable<void> {
    const joined = this.#joined
    if (!joined) return
    const { topic, event, ref } = frame
    let answered = false
    const answer: Answer = (status, response) => {
      if (answered) throw new AnsweredTwiceError(topic, event)
      answered = true
      if (!this.#mute) this.#home.send(encodeReply(this.joinRef, ref, topic, status, response))
    }
    const attributes = () => ({ topic, event })
    return span("bennu.channels.event.handle", attributes, () =>
      joined.message(event, frame.payload, answer),
    )
  }

  /** Of what a slow client would read as outdated only the last is kept, until it has read what it was sent. */
  #isKeptForLater(broadcast: Broadcast): boolean {
    const { supersedes } = this.#listening ?? passing
    const read = supersedes ? this.whenRead() : null
    if (!supersedes || !read) return false
    const { event, payload } = broadcast.read()
    const name = supersedes(event, payload)
    if (name === null) return false
    const latest = this.#latest ?? new Map<string, Broadcast>()
    if (!this.#latest) void read.then(() => this.#sendLatest())
    this.#latest = latest
    // The newest comes last
    if (!latest.delete(name) && latest.size >= this.#home.mailbox) return false
    latest.set(name, broadcast)
    return true
  }

  #sendLatest(): void {
    const latest = this.#latest ?? []
    this.#latest = null
    if (this.#over) return
    for (const [, broadcast] of latest) this.#home.send(broadcast.frame, broadcast.size)
  }

  /** In one breath, so that nothing is missed and nothing heard twice. */
  #startListening(): void {
    this.#home.listen(this)
    const history = this.#listening?.history
    if (!history) return
    const { broadcasts, complete, cursor } = this.#home.missed(this.topic, history.since)
    for (const broadcast of broadcasts) this.hear(broadcast)
    this.push("history", { complete, cursor })
  }

  #end(reason: EndReason | "refused"): void {
    if (this.#over) return
    this.#over = true
    if (this.#listening) this.#home.unlisten(this)
    // What ends itself may finish what it is doing; the rest is told to stop
    if (reason !== "stopped") this.#tellToStop()
    this.#mailbox.stop(() => {
      this.#tellToStop()
      const cleaned = this.#context.runInAsyncScope(() => this.#terminate(reason))
      if (cleaned) cleaned.finally(() => this.#finish(reason))
      else this.#finish(reason)
    })
    if (this.#finished) return
    this.#cleaning = setTimeout(() => this.#finish(reason), this.#home.shutdown).unref()
  }

  #tellToStop(): void {
    this.#aborted = true
    this.#abort?.abort()
  }

  #terminate(reason: EndReason | "refused"): Promise<void> | null {
    // Without a joined channel there is nothing to clean up
    this.#mute = true
    if (!this.#joined) return null
    // It was let in after it had crashed
    const why = reason === "refused" ? "crashed" : reason
    channelEnded.emit(() => ({ topic: this.topic, reason: why }))
    const failed = (error: unknown) => channelCrashed.emit(() => ({ topic: this.topic, error }))
    try {
      return pending(this.#joined.terminate(why))?.catch(failed) ?? null
    } catch (error) {
      failed(error)
      return null
    }
  }

  #finish(reason: EndReason | "refused"): void {
    if (this.#finished) return
    this.#finished = true
    this.#mute = true
    if (this.#leaving) {
      this.#home.send(encodeReply(this.joinRef, this.#leaving.ref, this.topic, "ok", {}))
    }
    if (reason !== "crashed" && reason !== "refused") {
      this.#home.send(encodeClose(this.joinRef, this.topic))
    }
    this.#home.forget(this)
    if (this.#cleaning) clearTimeout(this.#cleaning)
    this.#ended?.resolve()
  }
}

import type { EndReason } from "../live-view.ts"
import { STASH_EVENT } from "../stash/stash-page.ts"
import type { RefusedReason } from "../telemetry.ts"
import { isRecord } from "../view/client-message.ts"
import type { Joined, Page } from "../view/page.ts"
import { TestViewError } from "./errors.ts"
import { Rendered } from "./rendered/rendered.ts"

/** Where a view sent its page. */
export interface Navigation {
  readonly kind: "patch" | "navigate" | "redirect"
  readonly to: string
  readonly replace: boolean
}

/** What a view pushed to its page's hooks. */
export interface HeardEvent {
  readonly name: string
  readonly payload: unknown
}

/** A page without a browser: it merges frames as the official client does. */
export class TestPage implements Page {
  readonly navigations: Navigation[] = []
  readonly events: HeardEvent[] = []
  readonly frames: object[] = []
  title: string | undefined
  #shown = false
  #rendered = new Rendered("test")
  #left: ReadonlySet<number> = new Set()
  #failure: { readonly error: unknown } | null = null
  readonly #end: (reason: EndReason, error?: unknown) => Promise<void>
  #ending: Promise<void> | null = null

  /** @param end Ends the view: why, and what it threw if it did. */
  constructor(end: (reason: EndReason, error?: unknown) => Promise<void>) {
    this.#end = end
  }

  /** Whether the view is over. */
  get gone(): boolean {
    return this.#ending !== null
  }

  end(reason: EndReason, error?: unknown): Promise<void> {
    this.#ending ??= this.#end(reason, error)
    return this.#ending
  }

  /** With the marks of components. */
  get markup(): string {
    return this.#shown ? this.#rendered.page(true) : ""
  }

  get html(): string {
    return this.#shown ? this.#rendered.page() : ""
  }

  joined(joined: Joined): void {
    if (joined.kind === "gone") {
      if (joined.events.length > 0) this.push("diff", { e: joined.events })
      this.answered(joined.response)
      this.close()
      return
    }
    this.#receive(joined.rendered)
    this.#shown = true
    if (joined.patched) this.push("live_patch", joined.patched)
  }

  /** What the page's script was given to keep for the view; null for nothing. */
  stash: string | null = null

  /** Its connection is gone: it shows what it showed, until it is joined again. */
  lost(): void {
    this.#rendered = new Rendered("test")
    this.#left = new Set()
  }

  /** Components that left the page and that the view was not told of yet. */
  takeLeaving(): readonly number[] {
    const absent = this.#rendered.absent()
    const leaving = absent.filter((cid) => !this.#left.has(cid))
    this.#left = new Set(absent)
    this.#rendered.left(leaving)
    return leaving
  }

  /** Those of the components that did not come back. */
  stillAbsent(cids: readonly number[]): readonly number[] {
    const absent = new Set(this.#rendered.absent())
    return cids.filter((cid) => absent.has(cid))
  }

  /** The view forgot components. */
  prune(cids: readonly number[]): void {
    this.#rendered.prune(cids)
  }

  /** Takes over what an answer says. @returns The reply of a hook's event. */
  answered(response: unknown): unknown {
    const { diff, ...where } = overTheWire(response)
    const reply = diff === undefined ? undefined : this.#changed(diff)
    for (const [name, payload] of Object.entries(where)) this.push(name, overTheWire(payload))
    return reply
  }

  whenRead(): null {
    return null
  }

  push(name: string, sent: object): void {
    const payload = overTheWire(sent)
    if (name === "diff") this.#changed(payload)
    else if (name === "live_patch") this.#went("patch", payload)
    else if (name === "live_redirect") this.#went("navigate", payload)
    else if (name === "redirect") this.#went("redirect", payload)
  }

  close(): void {
    void this.end("left")
  }

  crash(error: unknown): void {
    this.#failure ??= { error }
    void this.end("crashed", error)
  }

  refused(event: string, reason: RefusedReason): void {
    const error = new TestViewError(`the event "${event}" was refused: ${reason}`, {
      hint: "Does what was sent fit the event's schema, and may the scope send it?",
    })
    this.#failure ??= { error }
  }

  /** Nothing is held against a test. */
  expect(): void {}

  /** @throws What went wrong since it was last asked. */
  demandWell(): void {
    const failure = this.#failure
    this.#failure = null
    if (failure) throw failure.error
  }

  #changed(diff: unknown): unknown {
    this.frames.push(overTheWire(diff))
    return this.#receive(diff)
  }

  #receive(frame: unknown): unknown {
    const { title, events, reply } = this.#rendered.receive(overTheWire(frame))
    if (title !== undefined) this.title = title
    for (const [name, payload] of events) this.#hear(String(name), payload)
    return reply
  }

  #hear(name: string, payload: unknown): void {
    if (name !== STASH_EVENT) this.events.push({ name, payload })
    else if (isRecord(payload)) this.stash = (payload["stash"] as string | null) ?? null // as it was given
  }

  #went(kind: Navigation["kind"], { to, kind: how }: Readonly<Record<string, unknown>>): void {
    this.navigations.push({ kind, to: String(to), replace: how === "replace" })
  }
}

/** What a socket would carry: nothing but JSON comes through. */
function overTheWire(value: unknown): Readonly<Record<string, unknown>> {
  const json: unknown = JSON.parse(JSON.stringify(value))
  return isRecord(json) ? json : {}
}

import { setTimeout as pause } from "node:timers/promises"
import { receive } from "../view/client-messages.ts"
import type { ViewProcess } from "../view/view-process.ts"
import { isThere } from "./dom.ts"
import { TestViewError } from "./errors.ts"
import type { FormInput } from "./form.ts"
import { type ElementView, type TestElement, testElement } from "./test-element.ts"
import type { HeardEvent, Navigation, TestPage } from "./test-page.ts"
import { TestUploads } from "./test-uploads.ts"

/** A view that is mounted and connected, without a browser and a network. */
export interface TestView extends AsyncDisposable {
  /** What the page shows. */
  html(): string
  /** The one element that a selector means, for what people do with it. */
  element(selector: string): TestElement
  readonly title: string | undefined
  /** Where the view sent its page, from the first time on. */
  readonly navigations: readonly Navigation[]
  /** What the view pushed to the page's hooks, from the first time on. */
  readonly events: readonly HeardEvent[]
  /** The changes that the page was sent since it joined, as they travel. */
  readonly frames: readonly object[]
  /** The view of this id in the markup, mounted as its page does. It ends with this one. */
  nested(id: string): Promise<TestView>
  /** As a hook's `pushEvent`: resolves with what the handler replied. */
  push(event: string, value?: unknown): Promise<unknown>
  /** As a patch link: the same view with other parameters. */
  patch(to: string): Promise<void>
  /**
   * As a connection that breaks: the page comes back, to its view that lived on, or after a `restart` to another process, which has
   * nothing but what the view keeps in its `stash`. Resolves when the page is joined again.
   */
  disconnect(options?: DisconnectOptions): Promise<void>
  /** Resolves when the page is joined: a {@link disconnect} that was not waited for is over. */
  connected(): Promise<void>
  /** How long everything that is asked takes from now on, to the view and back, in milliseconds; meanwhile the page shows what it showed. */
  latency(milliseconds: number): void
  /** Resolves when the view has worked on all that it heard; actions wait for that by themselves. @throws What a callback threw. */
  settled(): Promise<void>
  /** Resolves when nothing of `startAsync` and `assignAsync` is under way any more. @throws What a callback threw. */
  asyncSettled(): Promise<void>
}

export interface DisconnectOptions {
  /** What happens to the server meanwhile: it goes on (`"keep"`), or it is replaced (`"restart"`). */
  readonly server?: "keep" | "restart" | undefined
}

/** How a page comes back: to the same process, or to another. */
export type ComeBack = (server: "keep" | "restart") => Promise<ViewProcess>

export class OpenedView implements TestView, ElementView {
  readonly used = new Set<string>()
  readonly filledIn = new Map<string, FormInput>()
  uploads: TestUploads
  readonly nested: (id: string) => Promise<TestView>
  #process: ViewProcess
  readonly #page: TestPage
  readonly #comeBack: ComeBack
  /** While the page is on its way back. */
  #coming: Promise<void> | null = null
  #latency = 0

  constructor(
    process: ViewProcess,
    page: TestPage,
    ways: { readonly nested: (id: string) => Promise<TestView>; readonly comeBack: ComeBack },
  ) {
    this.#process = process
    this.#page = page
    this.nested = ways.nested
    this.#comeBack = ways.comeBack
    this.uploads = this.#uploadsTo(process)
  }

  disconnect({ server = "keep" }: DisconnectOptions = {}): Promise<void> {
    this.#demandOpen()
    const coming = this.#reconnect(server)
    this.#coming = coming
    return coming
  }

  async connected(): Promise<void> {
    await this.#coming
  }

  latency(milliseconds: number): void {
    this.#latency = milliseconds
  }

  async #reconnect(server: "keep" | "restart"): Promise<void> {
    const before = this.#process
    this.#process = await this.#comeBack(server)
    if (this.#process !== before) this.uploads = this.#uploadsTo(this.#process)
    this.#coming = null
    await this.settled()
    for (const [id, values] of this.filledIn) {
      const form = `form#${id}[phx-change]`
      if (isThere(this.markup, form)) await testElement(this, form).recover(values)
    }
  }

  #uploadsTo({ uploads: files }: ViewProcess): TestUploads {
    const ask = (event: string, payload: object) => this.#request(event, payload)
    return new TestUploads({ files, ask, settled: () => this.settled() })
  }

  get markup(): string {
    return this.#page.markup
  }
  get title(): string | undefined {
    return this.#page.title
  }
  get navigations(): readonly Navigation[] {
    return this.#page.navigations
  }
  get events(): readonly HeardEvent[] {
    return this.#page.events
  }
  get frames(): readonly object[] {
    return this.#page.frames
  }

  html(): string {
    return this.#page.html
  }

  element(selector: string): TestElement {
    return testElement(this, selector)
  }

  async push(event: string, value: unknown = {}): Promise<unknown> {
    return this.#ask("event", { type: "hook", event, value })
  }

  async send(event: object): Promise<void> {
    await this.#ask("event", event)
  }

  async patch(to: string): Promise<void> {
    const url = new URL(to, "http://localhost").href
    await this.#ask("live_patch", { url })
  }

  async navigate(to: string, replace: boolean): Promise<void> {
    this.#demandOpen()
    this.#page.navigations.push({ kind: "navigate", to, replace })
    await this.#page.end("left")
  }

  async settled(): Promise<void> {
    await this.#process.settled()
    await this.#tellOfComponents()
    this.#page.demandWell()
  }

  async asyncSettled(): Promise<void> {
    await this.#process.tasksSettled()
    this.#page.demandWell()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#page.end("left")
  }

  /** As the client does: it says which components are about to go, and then which of them did not come back. */
  async #tellOfComponents(): Promise<void> {
    const leaving = this.#page.gone ? [] : this.#page.takeLeaving()
    if (leaving.length === 0) return
    await receive(this.#process, "cids_will_destroy", { cids: leaving }, () => {})
    const cids = this.#page.stillAbsent(leaving)
    await receive(this.#process, "cids_destroyed", { cids }, (response) => {
      if ("cids" in response) this.#page.prune(response.cids as readonly number[]) // as it was asked
    })
  }

  #demandOpen(): void {
    this.#page.demandWell()
    if (!this.#page.gone) return
    const last = this.#page.navigations.at(-1)
    throw new TestViewError(last ? `the view went to ${last.to}` : "the view has ended", {
      hint: "Mount what is shown there.",
    })
  }

  async #ask(event: string, payload: object): Promise<unknown> {
    return (await this.#request(event, payload))["reply"]
  }

  #answered(response: object): Readonly<Record<string, unknown>> {
    return { ...response, reply: this.#page.answered(response) }
  }

  /** @returns What the message is answered with, and as `reply` what its handler replied. */
  async #request(event: string, payload: object): Promise<Readonly<Record<string, unknown>>> {
    if (this.#coming) await this.#coming
    if (this.#latency > 0) await pause(this.#latency / 2)
    this.#demandOpen()
    let answer: Readonly<Record<string, unknown>> = {}
    // what a page sends is JSON
    const sent: unknown = JSON.parse(JSON.stringify(payload))
    let response: object = {}
    await receive(this.#process, event, sent, (given) => {
      response = given
      if (this.#latency === 0) answer = this.#answered(given)
    })
    if (this.#latency > 0) {
      await pause(this.#latency / 2)
      answer = this.#answered(response)
    }
    await this.settled()
    return answer
  }
}

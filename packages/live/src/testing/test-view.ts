import { receive } from "../view/client-messages.ts"
import type { ViewProcess } from "../view/view-process.ts"
import { isThere } from "./dom.ts"
import { TestViewError } from "./errors.ts"
import type { FormInput } from "./form.ts"
import { type ElementView, type TestElement, testElement } from "./test-element.ts"
import type { HeardEvent, Navigation, TestPage } from "./test-page.ts"
import { TestUploads } from "./test-uploads.ts"

/** How a connection is lost. */
export interface LostConnection {
  /** The server is started anew meanwhile: nothing that it had in memory is there any more. */
  readonly server?: "restart" | undefined
}

/** A view that is mounted and connected. */
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
  /** Resolves when the page is joined; `mount` and {@link disconnect} wait for that by themselves. */
  connected(): Promise<void>
  /** Loses the connection, and resolves when the page has joined again and its forms were recovered. */
  disconnect(lost?: LostConnection): Promise<void>
  /** From now on what the page sends is so many milliseconds on its way. */
  latency(milliseconds: number): Promise<void>
  /** Resolves when the view has worked on all that it heard; actions wait for that by themselves. @throws What a callback threw. */
  settled(): Promise<void>
  /** Resolves when nothing of `startAsync` and `assignAsync` is under way any more. @throws What a callback threw. */
  asyncSettled(): Promise<void>
}

/** One join of a page. */
export interface Opened {
  readonly process: ViewProcess
  readonly page: TestPage
  nested(id: string): Promise<TestView>
  /** Joins once more, as a page whose connection was lost. */
  again(): Promise<Opened>
}

/** Without a browser and a network. */
export class OpenedView implements TestView, ElementView {
  readonly used = new Set<string>()
  readonly filledIn = new Map<string, FormInput>()
  uploads: TestUploads
  #opened: Opened
  #latency = 0

  constructor(opened: Opened) {
    this.#opened = opened
    this.uploads = this.#newUploads()
  }

  #newUploads(): TestUploads {
    const { uploads } = this.#process
    const ask = (event: string, payload: object) => this.#request(event, payload)
    return new TestUploads({ files: uploads, ask, settled: () => this.settled() })
  }

  get #process(): ViewProcess {
    return this.#opened.process
  }
  get #page(): TestPage {
    return this.#opened.page
  }

  nested(id: string): Promise<TestView> {
    return this.#opened.nested(id)
  }

  connected(): Promise<void> {
    return this.settled()
  }

  async latency(milliseconds: number): Promise<void> {
    this.#latency = milliseconds
  }

  // without a server there is nothing that a restart loses beside the view
  async disconnect(): Promise<void> {
    this.#demandOpen()
    await this.#page.end("closed")
    this.#opened = await this.#opened.again()
    this.uploads = this.#newUploads()
    await this.settled()
    for (const [id, values] of this.filledIn) {
      const form = `form#${id}[phx-change]`
      if (isThere(this.markup, form)) await testElement(this, form).recover(values)
    }
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

  /** @returns What the message is answered with, and as `reply` what its handler replied. */
  async #request(event: string, payload: object): Promise<Readonly<Record<string, unknown>>> {
    this.#demandOpen()
    if (this.#latency > 0) await new Promise((resolve) => setTimeout(resolve, this.#latency))
    let answer: Readonly<Record<string, unknown>> = {}
    // what a page sends is JSON
    const sent: unknown = JSON.parse(JSON.stringify(payload))
    await receive(this.#process, event, sent, (response) => {
      answer = { ...response, reply: this.#page.answered(response) }
    })
    await this.settled()
    return answer
  }
}

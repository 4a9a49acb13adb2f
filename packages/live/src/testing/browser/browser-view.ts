import type { Page } from "playwright"
import { TestViewError } from "../errors.ts"
import type { TestElement } from "../test-element.ts"
import type { HeardEvent, Navigation } from "../test-page.ts"
import type { DisconnectOptions, TestView } from "../test-view.ts"
import { browserElement } from "./browser-element.ts"
import { diffsOf, eventsOf, navigationsOf, type SeenFrame } from "./seen.ts"
import type { TestServer } from "./test-server.ts"

/** What several views of one page have in common. */
export interface BrowserPage {
  readonly server: TestServer
  close(): Promise<void>
}

// Runs in the page: what the client writes for itself is left out.
const READ = `(selector) => {
  const element = document.querySelector(selector)
  if (!element) return null
  const copy = element.cloneNode(true)
  for (const one of copy.querySelectorAll("*")) {
    for (const { name } of [...one.attributes]) {
      if (/^data-phx-(id|skip|ref|stream|loc|magic|root)/.test(name) || name === "data-phx-view") one.removeAttribute(name)
    }
  }
  return { html: copy.innerHTML, topic: "lv:" + element.id, title: document.title, frames: window.bennu.frames }
}`
// Nothing is locked, and everything that was sent before has been answered.
const SETTLE = `async (selector) => {
  const root = document.querySelector(selector)
  const view = root && liveSocket.getViewByEl(root)
  if (!view || !view.isConnected()) return
  const ask = () => new Promise((resolve) => view.channel.push("cids_destroyed", { cids: [] })
    .receive("ok", resolve).receive("error", resolve).receive("timeout", resolve))
  await ask()
  await new Promise((resolve) => setTimeout(resolve, 5))
  await ask()
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)))
}`
const CONNECTED = `(selector) => {
  const element = document.querySelector(selector)
  const view = element && liveSocket.getViewByEl(element)
  return Boolean(view && view.isConnected() && !view.joinPending && view.joinCount > 0)
}`
const PUSH = `async ([selector, event, value]) => {
  const root = document.querySelector(selector)
  const { reply } = await liveSocket.getViewByEl(root).pushHookEvent(root, null, event, value)
  return reply ?? null
}`

interface Read {
  readonly html: string
  readonly topic: string
  readonly title: string
  readonly frames: readonly SeenFrame[]
}
const nothing: Read = { html: "", topic: "", title: "", frames: [] }

/** A view in a browser, as it was when the last action had ended. */
export class BrowserView implements TestView {
  readonly #page: Page
  readonly #selector: string
  readonly #shared: BrowserPage
  #read: Read = nothing
  #slowing: Promise<unknown> | null = null

  constructor(page: Page, selector: string, shared: BrowserPage) {
    this.#page = page
    this.#selector = selector
    this.#shared = shared
  }

  html(): string {
    return this.#read.html
  }
  get title(): string {
    return this.#read.title
  }
  get frames(): readonly object[] {
    return diffsOf(this.#read.frames, this.#read.topic)
  }
  get events(): readonly HeardEvent[] {
    return eventsOf(this.#read.frames, this.#read.topic)
  }
  get navigations(): readonly Navigation[] {
    return navigationsOf(this.#read.frames, this.#read.topic)
  }

  element(selector: string): TestElement {
    const within = this.#page.locator(this.#selector).locator(selector)
    return browserElement(within, selector, this)
  }

  async nested(id: string): Promise<TestView> {
    const close = async () => {}
    const inner = new BrowserView(this.#page, `#${id}`, { server: this.#shared.server, close })
    await inner.connected()
    return inner
  }

  async push(event: string, value: unknown = {}): Promise<unknown> {
    const reply: unknown = await this.#run(PUSH, [this.#selector, event, value])
    await this.settled()
    return reply
  }

  async patch(to: string): Promise<void> {
    await this.#run(`(to) => liveSocket.js().patch(to)`, to)
    await this.settled()
  }

  async connected(): Promise<void> {
    await this.#page.waitForFunction(`(${CONNECTED})(${JSON.stringify(this.#selector)})`)
    await this.settled()
  }

  async disconnect({ server }: DisconnectOptions = {}): Promise<void> {
    const before = await this.#joins()
    if (server === "restart") await this.#shared.server.restart()
    else await this.#run(`() => liveSocket.getSocket().conn.close(4000)`, null)
    await this.#page.waitForFunction(`${JOINS} > ${before}`)
    await this.connected()
  }

  latency(milliseconds: number): void {
    // the page is told before anything that is asked of it later
    this.#slowing = this.#run(`(ms) => { window.bennu.latency = ms }`, milliseconds)
  }

  async settled(): Promise<void> {
    await this.#slowing
    await this.#run(SETTLE, this.#selector)
    const read: unknown = await this.#run(READ, this.#selector)
    // what READ makes, or null once the view is gone
    this.#read = (read as Read | null) ?? this.#read
  }

  /** A browser cannot know what its server has under way: this waits a while for what is to come, see `expect.poll`. */
  async asyncSettled(): Promise<void> {
    let before = -1
    while (before !== this.#read.frames.length) {
      before = this.#read.frames.length
      await this.#page.waitForTimeout(50)
      await this.settled()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shared.close()
  }

  async #joins(): Promise<number> {
    return Number(await this.#page.evaluate(JOINS))
  }

  async #run(source: string, argument: unknown): Promise<unknown> {
    try {
      return await this.#page.evaluate(`(${source})(${JSON.stringify(argument)})`)
    } catch (error) {
      throw new TestViewError("the page could not do it", {
        cause: error,
        hint: "Has it gone elsewhere, or did the view end?",
      })
    }
  }
}

const JOINS = `window.bennu.frames.filter(([, , , , payload]) => payload?.response?.rendered).length`

import { type BrowserContext, test as base, expect, type Page } from "playwright/test"
import { conduit } from "./server.ts"

type Server = Awaited<ReturnType<typeof conduit>>

/** Whatever a page complains about: errors on the console, exceptions, violations of its content security policy and reports of them. */
export class Complaints {
  readonly #said: string[] = []
  /** While a server is down on purpose, the browser says that it cannot reach it. */
  serverIsDown = false

  watch(context: BrowserContext): void {
    context.on("weberror", (error) => this.#said.push(error.error().message))
    // what a browser tells the server that its policy refused
    context.on("request", (request) => {
      if (request.url().endsWith("/csp-reports")) this.#said.push(`reported ${request.postData()}`)
    })
    context.on("console", (message) => {
      const text = message.text()
      if (message.type() !== "error") return
      if (this.serverIsDown && /WebSocket|ERR_CONNECTION|Failed to load resource/.test(text)) return
      this.#said.push(text)
    })
  }

  list(): readonly string[] {
    return this.#said
  }
}

interface Fixtures {
  readonly server: Server
  readonly complaints: Complaints
  /** Another person: a browser context of their own, watched as the first one is. */
  readonly visitor: () => Promise<Page>
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
  server: async ({}, use) => {
    await using server = await conduit()
    await use(server)
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  complaints: async ({}, use) => {
    const complaints = new Complaints()
    await use(complaints)
    expect(complaints.list()).toEqual([])
  },
  context: async ({ browser, server, complaints }, use) => {
    const context = await browser.newContext({ baseURL: server.url })
    complaints.watch(context)
    await use(context)
    await context.close()
  },
  visitor: async ({ browser, server, complaints }, use) => {
    const contexts: BrowserContext[] = []
    await use(async () => {
      const context = await browser.newContext({ baseURL: server.url })
      contexts.push(context)
      complaints.watch(context)
      return context.newPage()
    })
    await Promise.all(contexts.map((context) => context.close()))
  },
})

/** Opens a page and waits until its live view has joined. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path)
  await connected(page)
}

export const connected = (page: Page): Promise<void> =>
  expect(page.locator("[data-phx-main].phx-connected")).toBeAttached()

/** Chooses a name, as a person does. */
export async function callMe(page: Page, name: string, to = "/"): Promise<void> {
  await page.goto(`/name?to=${encodeURIComponent(to)}`)
  await page.getByLabel("Name").fill(name)
  await page.getByRole("button", { name: "Keep this name" }).click()
  await expect(page.getByRole("link", { name })).toBeVisible()
}

export { expect }

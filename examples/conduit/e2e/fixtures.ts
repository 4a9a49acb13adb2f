import { randomBytes } from "node:crypto"
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
  readonly server: Asked
  /** Where the test comes from, as a proxy would say: rates count addresses, and no other test's. */
  readonly from: { readonly "x-forwarded-for": string }
  readonly complaints: Complaints
  /** A person: a browser context of their own, and watched. */
  readonly someone: () => Promise<BrowserContext>
  /** Another person's page. */
  readonly visitor: () => Promise<Page>
}
type Asked = Pick<Server, "url" | "env">

export const test = base.extend<Fixtures, { readonly shared: Asked }>({
  // one for all that a worker runs, one test after another: each brings people of its own, and counts from what it finds
  shared: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
    async ({}, use) => {
      await using server = await conduit({ TRUST_PROXY: "127.0.0.1" })
      await use(server)
    },
    { scope: "worker" },
  ],
  server: ({ shared }, use) => use(shared),
  // biome-ignore lint/correctness/noEmptyPattern: as above
  from: ({}, use) => use({ "x-forwarded-for": [10, ...randomBytes(3)].join(".") }),
  // biome-ignore lint/correctness/noEmptyPattern: as above
  complaints: async ({}, use) => {
    const complaints = new Complaints()
    await use(complaints)
    expect(complaints.list()).toEqual([])
  },
  someone: async ({ browser, server, from, complaints }, use) => {
    const contexts: BrowserContext[] = []
    await use(async () => {
      const context = await browser.newContext({ baseURL: server.url, extraHTTPHeaders: from })
      contexts.push(context)
      complaints.watch(context)
      return context
    })
    await Promise.all(contexts.map((context) => context.close()))
  },
  context: async ({ someone }, use) => use(await someone()),
  visitor: ({ someone }, use) => use(async () => (await someone()).newPage()),
})

/** For tests that take their server down and bring it back: it is theirs alone. */
export const alone = test.extend<{ readonly server: Server }>({
  // biome-ignore lint/correctness/noEmptyPattern: as above
  server: async ({}, use) => {
    await using server = await conduit()
    await use(server)
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

/** Comments on the article that is open, and waits until one more says so. */
export async function say(page: Page, text: string): Promise<void> {
  const said = page.locator(".comment", { hasText: text })
  const before = await said.count()
  await page.getByLabel("Your comment").fill(text)
  await page.getByRole("button", { name: "Post" }).click()
  await expect(said).toHaveCount(before + 1)
}

export { expect }

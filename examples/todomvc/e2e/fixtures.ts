import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort, type RunningApp, startApp } from "bennu-testkit"
import { test as base, expect, type Page } from "playwright/test"

const main = join(import.meta.dirname, "../src/main.ts")

/** A server that comes back at the same address, with the same data. */
async function todomvc() {
  const data = mkdtempSync(join(tmpdir(), "todomvc-"))
  const env = { PORT: String(await freePort()), DATA_DIR: data }
  let app: RunningApp = await startApp(main, env)
  return {
    url: app.url,
    async killAndStart() {
      await app.kill()
      app = await startApp(main, env)
    },
    async [Symbol.asyncDispose]() {
      await app.kill()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** What a person sees and does. Each test is another browser, with a list of its own. */
export class Todos {
  readonly page: Page
  constructor(page: Page) {
    this.page = page
  }
  get field() {
    return this.page.getByPlaceholder("What needs to be done?")
  }
  get items() {
    return this.page.locator(".todo-list li")
  }
  get titles() {
    return this.page.locator(".todo-list li label")
  }
  get count() {
    return this.page.locator(".todo-count")
  }
  get toggleAll() {
    return this.page.getByLabel("Mark all as complete")
  }
  get clear() {
    return this.page.getByRole("button", { name: "Clear completed" })
  }
  item(index: number) {
    const item = this.items.nth(index)
    return {
      item,
      toggle: item.getByRole("checkbox"),
      label: item.locator("label"),
      edit: item.getByRole("textbox"),
    }
  }
  async open(path = "/"): Promise<void> {
    await this.page.goto(path)
    await this.connected()
  }
  connected(): Promise<void> {
    return expect(this.page.locator("[data-phx-main].phx-connected")).toBeAttached()
  }
  async add(...titles: string[]): Promise<void> {
    for (const title of titles) {
      await this.field.fill(title)
      await this.field.press("Enter")
      await expect(this.titles.last()).toHaveText(title.trim())
      await expect(this.field).toHaveValue("")
    }
  }
  filter(name: "All" | "Active" | "Completed") {
    return this.page.getByRole("link", { name })
  }
}

interface Fixtures {
  readonly complaints: string[]
  readonly todos: Todos
}
type Server = Awaited<ReturnType<typeof todomvc>>

export const test = base.extend<Fixtures, { readonly server: Server }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
    async ({}, use) => {
      await using server = await todomvc()
      await use(server)
    },
    { scope: "worker" },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  complaints: async ({}, use) => {
    const complaints: string[] = []
    await use(complaints)
    // while a server is down on purpose, the browser says that it cannot reach it
    expect(complaints.filter((text) => !/WebSocket|ERR_CONNECTION/.test(text))).toEqual([])
  },
  context: async ({ browser, server, complaints }, use) => {
    const context = await browser.newContext({ baseURL: server.url })
    context.on("weberror", (error) => complaints.push(error.error().message))
    context.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text())
    })
    await use(context)
    await context.close()
  },
  todos: async ({ page }, use) => {
    const todos = new Todos(page)
    await todos.open()
    await use(todos)
  },
})

export { expect }

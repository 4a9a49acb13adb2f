import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { AxeBuilder } from "@axe-core/playwright"
import { type RunningApp, startApp } from "bennu-testkit"
import { type BrowserContext, test as base, expect, type Page } from "playwright/test"

interface Fixtures {
  /** Whatever a page complains about: errors on the console, exceptions, violations of its content security policy. */
  readonly complaints: string[]
  /** Another person: a browser context of their own, watched as the first one is. */
  readonly visitor: () => Promise<Page>
}

const main = join(import.meta.dirname, "../src/main.ts")
/** Starts the showcase with data of its own. */
export const start = (env: Readonly<Record<string, string>>) => startApp(main, env)
// nothing that moves stands in the way of a click
const still = { reducedMotion: "reduce" } as const

export const test = base.extend<Fixtures, { readonly server: RunningApp }>({
  // one for all files that a worker runs: no page keeps anything that another test would see
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
    async ({}, use) => {
      const data = mkdtempSync(join(tmpdir(), "showcase-"))
      const app = await start({ PORT: "0", DATA_DIR: data })
      await use(app)
      await app.stop()
      rmSync(data, { recursive: true, force: true })
    },
    { scope: "worker" },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  complaints: async ({}, use) => {
    const complaints: string[] = []
    await use(complaints)
    expect(complaints).toEqual([])
  },
  context: async ({ browser, server, complaints, colorScheme, viewport }, use) => {
    const context = await browser.newContext({
      ...{ baseURL: server.url, colorScheme, viewport, ...still },
    })
    watch(context, complaints)
    await use(context)
    await context.close()
  },
  visitor: async ({ browser, server, complaints }, use) => {
    const contexts: BrowserContext[] = []
    await use(async () => {
      const context = await browser.newContext({ baseURL: server.url, ...still })
      contexts.push(context)
      watch(context, complaints)
      return context.newPage()
    })
    await Promise.all(contexts.map((context) => context.close()))
  },
})

function watch(context: BrowserContext, complaints: string[]): void {
  context.on("weberror", (error) => complaints.push(error.error().message))
  context.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text())
  })
  // what a browser tells the server that its policy refused
  context.on("request", (request) => {
    if (request.url().endsWith("/csp-reports")) complaints.push(`reported ${request.postData()}`)
  })
}

/** Opens a page and waits until its live view has joined. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path)
  await expect(page.locator("[data-phx-main].phx-connected")).toBeAttached()
}

/** Notes what an element passes through from now on, however briefly: who looks now and then may miss it. */
export async function phases(page: Page, selector: string): Promise<() => Promise<string[]>> {
  const noted = await page.locator(selector).evaluateHandle((element) => {
    const all: string[] = []
    const note = () => all.push(element.outerHTML)
    new MutationObserver(note).observe(element, {
      ...{ attributes: true, characterData: true, childList: true, subtree: true },
    })
    return all
  })
  return () => noted.jsonValue()
}

/** What axe finds that keeps people from using the page. */
export async function barriers(page: Page): Promise<string[]> {
  // the colours of the source are those of its first lines
  const axe = new AxeBuilder({ page }).exclude(".sources code > :nth-child(n + 60)")
  const { violations } = await axe.options({ resultTypes: ["violations"] }).analyze()
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`))
}

export { expect }

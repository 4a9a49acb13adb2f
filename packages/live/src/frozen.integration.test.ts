import { fileURLToPath } from "node:url"
import { endpoint } from "@bennu/endpoint"
import { html, raw } from "@bennu/html"
import { type Layout, scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { memoryStore } from "@bennu/store"
import { build } from "esbuild"
import type { Browser, Page as Tab } from "playwright"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { browser, liveView, secret, startPubSub } from "../fixtures/app.ts"
import { launchChrome } from "../fixtures/chrome.ts"
import {
  live,
  liveHead,
  liveSocket,
  type ParkOptions,
  type StashOptions,
  viewAdopted,
  viewParked,
  viewUnparked,
} from "./index.ts"

// A tab that nobody looks at is frozen: nothing runs in it, and its server gives it up after `limits.idle`, which is shortened here.

const Page = liveView({
  public: true,
  events: { add: {}, write: z.looseObject({ text: z.string() }) },
  mount: () => ({ count: 0, text: "" }),
  stash: { keys: { count: z.number() }, checkpoints: { count: true } },
  handleEvent: {
    add: (socket) => socket.update("count", (count) => count + 1),
    write: (socket, { text }) => socket.assign({ text }),
  },
  render: (
    { count, text },
    { add, write },
  ) => html`<b id="count">${count}</b><button phx-click="${add}">add</button>
    <form id="form" phx-change="${write}"><input id="text" name="text" phx-debounce="blur"></form><q id="said">${text}</q>`,
})
const path = paths({ page: "/" })
// it says that it is there more often than it is asked to
const page = `
  import { Socket } from "phoenix"
  import { LiveSocket } from "phoenix_live_view"
  import { browserStash } from "./client.ts"
  const given = { _csrf_token: document.querySelector("meta[name='csrf-token']").content }
  new LiveSocket("/live", Socket, {
    params: window.keeps ? browserStash(given) : given,
    heartbeatIntervalMs: 300,
    reconnectAfterMs: () => 20,
    rejoinAfterMs: () => 20,
  }).connect()
`
const { outputFiles } = await build({
  stdin: { contents: page, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
  ...{ bundle: true, write: false, format: "iife", platform: "browser", minify: true },
})
const script = outputFiles[0]?.text.replaceAll("</script", "<\\/script") ?? ""

let chrome: Browser
beforeAll(async () => {
  chrome = await launchChrome()
}, 60_000)
afterAll(() => chrome.close())

interface World {
  readonly park: ParkOptions | false
  readonly stash: StashOptions
  /** The page keeps its stash. */
  readonly keeps?: boolean
}

/** A tab with a number and a half-typed text, frozen until its server has given it up, and for longer. */
async function frozen({ park, stash, keeps = false }: World, gone: () => Promise<unknown>) {
  const root: Layout = ({ title, content, csrfToken }) => html`<!doctype html><html lang="en">
    <head>${liveHead({ csrfToken })}<title>${title}</title></head>
    <body>${content}${raw(`<script>window.keeps = ${keeps}; ${script}</script>`)}</body></html>`
  const app = router(scope("/", browser, { layout: root }, [live(path.page, Page)]))
  const pubsub = await startPubSub()
  const limits = { idle: "3s" } as const
  const handler = liveSocket({ router: app, pubsub, secret, park, stash, limits })
  const sockets = { "/live": handler } as const
  const started = endpoint({ router: app, port: 0, host: "127.0.0.1", sockets })
  await using server = await started.start(new AbortController().signal)
  await using context = await chrome.newContext({ baseURL: server.url.origin })
  const tab = await context.newPage()
  await tab.goto("/")
  await joined(tab)
  for (const count of ["1", "2", "3"]) {
    await tab.locator("button").click()
    await shows(tab, "#count", count)
  }
  await tab.locator("#text").pressSequentially("half a sent")
  const devtools = await context.newCDPSession(tab)
  await devtools.send("Debugger.enable")
  await devtools.send("Debugger.pause")
  await gone()
  await devtools.send("Debugger.resume")
  await shows(tab, "#said", "half a sent")
  await joined(tab)
  await shows(tab, "#count", "3")
  expect(await tab.locator("#text").inputValue()).toBe("half a sent")
  await tab.locator("button").click()
  await shows(tab, "#count", "4")
}
const joined = (tab: Tab) => tab.waitForSelector("[data-phx-main].phx-connected")
const until = (check: () => void) => vi.waitFor(check, { interval: 20, timeout: 30_000 })
const shows = (tab: Tab, selector: string, text: string) =>
  expect.poll(() => tab.locator(selector).textContent(), { timeout: 10_000 }).toBe(text)

/** What became of views, in order. */
function watch() {
  const seen: string[] = []
  const listeners = [
    viewParked.subscribe(() => seen.push("parked")),
    viewAdopted.subscribe(() => seen.push("adopted")),
    viewUnparked.subscribe(({ reason }) => seen.push(reason)),
  ]
  return { seen, [Symbol.dispose]: () => listeners.forEach((each) => void each[Symbol.dispose]()) }
}

describe("a tab that is frozen for longer than its server waits for it", () => {
  it("finds its view, which has waited, and what was half typed", async () => {
    using watched = watch()
    await frozen({ park: { anonymous: "1h" }, stash: { browser: false } }, () =>
      until(() => expect(watched.seen.at(-1)).toBe("parked")),
    )
    expect(watched.seen).toContain("adopted")
    expect(watched.seen).not.toContain("late")
  }, 60_000)

  it.each([
    ["itself", { stash: {}, keeps: true }],
    ["by a store", { stash: { store: memoryStore(), browser: false } }],
  ] as const)(
    "finds what was kept %s when the view is gone, too",
    async (_, world) => {
      using watched = watch()
      await frozen({ park: { anonymous: "500ms" }, ...world }, () =>
        until(() => expect(watched.seen.at(-1)).toBe("late")),
      )
    },
    60_000,
  )
})

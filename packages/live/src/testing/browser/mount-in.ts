import { local, openPubSub } from "@bennu/pubsub"
import type { Browser } from "playwright"
import type { mount } from "../mount.ts"
import { pubsubOf } from "../scope-pubsub.ts"
import { BrowserView } from "./browser-view.ts"
import { serveView } from "./test-server.ts"

/**
 * The same as `mount`, in a browser with the official client and over a real socket: a test that takes its `mount` as an argument runs
 * with both. What stands in a page is read when an action has ended; what only the server knows is not waited for, so that a broadcast
 * is best followed by `settled()`.
 * @param browser Playwright's, as `await chromium.launch()` gives it. Each view gets a context of its own.
 */
export const mountIn =
  (browser: Browser): typeof mount =>
  async (view, options) => {
    const none = openPubSub({ adapter: local() })
    const pubsub =
      options.pubsub ?? pubsubOf(options.scope) ?? (await none.start(new AbortController().signal))
    const server = await serveView(view, options, pubsub)
    const { params = {}, url = "/" } = options
    const target = new URL(url, server.origin)
    for (const [name, value] of Object.entries(params)) target.searchParams.set(name, value)
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(target.href)
    const opened = new BrowserView(page, "[data-phx-main]", {
      server,
      close: async () => {
        await context.close()
        await server[Symbol.asyncDispose]()
      },
    })
    await opened.connected()
    return opened
  }

import { endpoint } from "@bennu/endpoint"
import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { browse } from "../fixtures/browser.ts"
import { live, liveRender, liveSession, liveSocket } from "./index.ts"
import { liveTokens } from "./tokens.ts"

const path = paths({ page: "/page" })
const Clock = liveView({ public: true, render: () => html`<i id="tick">tick</i>` })
const Page = liveView({
  public: true,
  params: z.strictObject({ tab: z.string().default("one") }),
  views: [Clock],
  mount: ({ params }) => params,
  render: ({ tab }, _, { url }) => html`<h1>${tab}</h1><u>${url.search}</u>
    ${liveRender(Clock, { id: "kid" })}${liveRender(Clock, { id: "clock", sticky: true })}`,
})
const session = liveSession("main", { views: [Clock] }, [live(path.page, Page)])
const app = router(scope("/", browser, { layout: root }, [session]))

async function start() {
  const pubsub = await startPubSub()
  const sockets = { "/live": liveSocket({ router: app, pubsub, secret }) } as const
  return endpoint({ router: app, port: 0, host: "127.0.0.1", sockets }).start(
    new AbortController().signal,
  )
}

describe("a browser that keeps no cookies", () => {
  it("is sent to the page without its life, once, and stays there", async () => {
    await using server = await start()
    const { origin } = server.url
    using page = await browse(`${origin}/page?tab=two`, { cookies: false })
    const isAnswered = () =>
      page.frames.some(({ data }) => data[2].startsWith("lv:phx-") && "status" in data[4])
    await expect.poll(isAnswered, { interval: 2 }).toBe(true)
    const answer = page.frames.find(
      ({ dir, data }) => dir === "in" && data[2].startsWith("lv:phx-"),
    )
    expect(answer?.data[4]).toMatchObject({ status: "error" })
    const to = /"to":"([^"]+)"/.exec(JSON.stringify(answer))?.[1] ?? ""
    expect(to).toMatch(/^\/page\?tab=two&_still=/)
    const still = await (await fetch(origin + to)).text()
    expect(still).toContain("<h1>two</h1><u>?tab=two</u>")
    expect(still).toContain('id="tick"')
    expect(still).not.toContain("data-phx-session")
  })

  it("gets the live page again once what sent it there is old, or was never ours", async () => {
    await using server = await start()
    const old = liveTokens(secret, () => Date.now() - 61_000).signStill()
    for (const token of [old, "forged", ""]) {
      const url = `${server.url.origin}/page?tab=two&_still=${encodeURIComponent(token)}`
      const answer = await fetch(url, { redirect: "manual" })
      expect(answer.status).toBe(302)
      expect(answer.headers.get("location")).toBe("/page?tab=two")
    }
  })
})

import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { type DeadPage, get, joinPayload, Wire } from "../fixtures/wire.ts"
import { live, liveSocket } from "./index.ts"
import { mount } from "./testing.ts"

let loads = 0
const Report = z.object({ run: z.number(), at: z.coerce.date(), text: z.string() })
const ReportLive = liveView({
  public: true,
  params: z.object({ size: z.coerce.number().default(1) }),
  async mount({ once, params: { size }, connected, putFlash }) {
    if (!connected) putFlash("info", "first")
    const report = await once("report", Report, async () => ({
      ...{ run: ++loads, at: new Date(0), text: "tell no one".padEnd(size, "!") },
    }))
    return { report }
  },
  render: ({ report: { run, at } }, _, { flash }) =>
    html`<b>${run}</b> ${at.getUTCFullYear()} ${flash.info ?? ""}`,
})
const path = paths({ report: "/report" })
const app = router(scope("/", browser, { layout: root }, [live(path.report, ReportLive)]))
const pubsub = await startPubSub()
// another process than the one that answers the page
const socket = () => liveSocket({ router: app, pubsub, secret })
socket()

async function join(page: DeadPage, at = "/report", more: object = {}): Promise<string> {
  const wire = await Wire.open(socket(), page)
  const answer = await wire.ask(`lv:${page.id}`, "phx_join", joinPayload(page, at, more))
  wire.close()
  return JSON.stringify(answer)
}
const run = (n: number) => `"0":"${n}","1":"1970"`
afterEach(() => void vi.useRealTimers())

describe("once", () => {
  it("loads for the first answer, and its page's first join finds that in whichever process", async () => {
    const page = await get(app, "/report")
    const before = loads
    expect(page.html).toContain(`<b>${before}</b> 1970`)
    expect(await join(page)).toContain(`${run(before)},"2":"first"`)
    expect(loads).toBe(before)
    // nobody reads it in the page
    const shown = page.static.split(/[.~]/).map((part) => Buffer.from(part, "base64url").toString())
    expect([page.static, ...shown].join()).not.toContain("tell no one")
  })

  it("loads again for a page that comes back, is old, or is somewhere else", async () => {
    const params = { _mounts: 1, _mount_attempts: 0 }
    const page = await get(app, "/report")
    expect(
      await join(page, "/report", { params: { ...params, _csrf_token: page.csrf } }),
    ).toContain(run(loads))
    const before = loads
    expect(await join(page, "/report?size=2")).toContain(run(before + 1))
    const target = "http://app.example/report"
    expect(await join(page, "", { url: undefined, redirect: target })).toContain(run(before + 2))
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 })
    expect(await join(page)).toContain(run(before + 3))
  })

  it("loads again for another session, for what is no token of ours, and for what is too much", async () => {
    const [ada, bob] = [await get(app, "/report"), await get(app, "/report")]
    const before = loads
    const thief = { ...ada, cookie: bob.cookie, csrf: bob.csrf }
    expect(await join(thief)).toContain(run(before + 1))
    const [flash = "", of = ""] = [ada.static.split("~")[0], bob.static.split("~")[1]]
    expect(await join(ada, "/report", { static: `${flash}~${of}` })).toContain(run(before + 2))
    expect(await join(ada, "/report", { static: `${flash}~x` })).toContain(run(before + 3))
    expect(await join(ada, "/report", { static: `x~${of}` })).toContain("stale")
    const most = await get(app, "/report?size=8000")
    expect(await join(most, "/report?size=8000")).toContain(run(before + 4))
    const large = await get(app, "/report?size=9000")
    expect(large.static).not.toContain("~")
    expect(await join(large, "/report?size=9000")).toContain(run(loads))
    expect(loads).toBe(before + 6)
  })

  it("gives what its schema makes of it, and says so when that refuses it", async () => {
    const Odd = liveView({
      public: true,
      mount: async ({ once }) => ({ n: await once("n", z.number(), () => "many") }),
      render: ({ n }) => {
        // @ts-expect-error it is a number
        n.trim?.()
        return html`${n}`
      },
    })
    const failed = mount(Odd, { scope: { name: "ada" } })
    await expect(failed).rejects.toMatchObject({ code: "ERR_LIVE_DEFINITION" })
    await expect(failed).rejects.toThrow('once("n") loaded what its schema refuses')
    await using page = await mount(ReportLive, { scope: { name: "ada" } })
    expect(page.element("b").text()).toBe(String(loads))
  })
})

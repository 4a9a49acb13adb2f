import { endpoint } from "@bennu/endpoint"
import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { type BrowserPage, browse } from "../fixtures/browser.ts"
import { until } from "../fixtures/wire.ts"
import { freshForm, live, liveSocket } from "./index.ts"

const Sent = z.looseObject({ day: z.string(), place: z.string() })
/** Takes trips, and shows which fields are said to be unused. */
const tripView = (fresh: boolean) =>
  liveView({
    public: true,
    events: { change: Sent, book: Sent },
    mount: () => ({ booked: 0, sent: "", day: "", place: "" }),
    handleEvent: {
      change(socket, { day, place, ...marks }) {
        const unused = Object.keys(marks).filter((key) => key.startsWith("_unused_"))
        return socket.assign({ day, place, sent: `${day}: ${unused}` })
      },
      book: (socket) =>
        socket.update("booked", (booked) => booked + 1).assign({ day: "", place: "" }),
    },
    render: ({ booked, sent, day, place }, { change, book }) => html`
      <form id="trip" phx-change="${change}" phx-submit="${book}">
        <input id="day" name="day" value="${day}"><input id="place" name="place" value="${place}">
        ${fresh && freshForm(`trip-${booked}`)}
      </form><b id="booked">${booked}</b><b id="sent">${sent}</b>`,
  })
const path = paths({ fresh: "/fresh", stale: "/stale" })
const app = router(
  scope("/", browser, { layout: root }, [
    live(path.fresh, tripView(true)),
    live(path.stale, tripView(false)),
  ]),
)

async function serve() {
  const pubsub = await startPubSub()
  const sockets = { "/live": liveSocket({ router: app, pubsub, secret }) } as const
  return endpoint({ router: app, port: 0, host: "127.0.0.1", sockets }).start(
    new AbortController().signal,
  )
}
const shows = (page: BrowserPage, selector: string, text: string) =>
  until(() => expect(page.text(selector)).toBe(text))
const connected = (page: BrowserPage) =>
  until(() => expect(page.document.querySelector("[data-phx-main].phx-connected")).not.toBeNull())

/** Books a trip, begins another, and breaks the connection; what is said to be unused at each. */
async function bookAndBegin(page: BrowserPage) {
  await connected(page)
  page.type("#day", "1")
  await shows(page, "#sent", "1: _unused_place")
  page.window.eval("document.querySelector('#trip').requestSubmit()")
  await shows(page, "#booked", "1")
  expect(page.document.querySelector("#day")?.value).toBe("")
  page.type("#day", "2")
  await until(() => expect(page.text("#sent")).toMatch(/^2:/))
  const begun = page.text("#sent")
  page.window.eval("document.querySelector('#trip').requestSubmit()")
  await shows(page, "#booked", "2")
  page.window.eval("liveSocket.socket.conn.close()")
  await until(() => expect(page.text("#sent")).toMatch(/^: /))
  return { begun, recovered: page.text("#sent") }
}

describe("freshForm", () => {
  it("lets a form that was emptied begin anew, and so does the page that comes back", async () => {
    await using server = await serve()
    using page = await browse(`${server.url.origin}/fresh`)
    expect(await bookAndBegin(page)).toEqual({
      begun: "2: _unused_place",
      recovered: ": _unused_day,_unused_place",
    })
  })

  it("is what makes the difference: the client itself counts a field as used for as long as it is there", async () => {
    await using server = await serve()
    using page = await browse(`${server.url.origin}/stale`)
    expect(await bookAndBegin(page)).toEqual({ begun: "2: ", recovered: ": " })
  })
})

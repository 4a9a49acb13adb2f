// A table of a hundred rows: its first answer, and one changed row. Hono stands for a page that is rendered anew and
// sent whole, as tools do that swap markup: what a live view has to be measured against.
import { each, html } from "@bennu/html"
import { live, liveHead, liveSocket, liveViews } from "@bennu/live"
import { app as appOf, type Plug, pipeline, protectFromForgery, scope, session } from "@bennu/plug"
import { local, openPubSub } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { Hono } from "hono"
import { getSignedCookie, setSignedCookie } from "hono/cookie"
import { html as hono } from "hono/html"
import { compare } from "../../../scripts/bench-harness.mjs"

interface Row {
  readonly id: number
  readonly name: string
  readonly value: number
}
const first: readonly Row[] = Array.from({ length: 100 }, (_, id) => ({
  ...{ id, name: `Row <${id}>`, value: id },
}))
const changed = (rows: readonly Row[]): readonly Row[] =>
  rows.with(50, { ...(rows[50] ?? { id: 50, name: "" }), value: (rows[50]?.value ?? 0) + 1 })

const secret = "0123456789abcdef".repeat(4)
const origin = "http://bench.example"

// ours
const path = paths({ table: "/table" })
const row = ({ id, name, value }: Row) =>
  html`<tr id="row-${id}"><td>${name}</td><td>${value}</td></tr>`
const Table = liveViews<null>()({
  public: true,
  events: { change: {} },
  mount: () => ({ rows: first }),
  handleEvent: { change: (socket) => socket.update("rows", changed) },
  title: "Rows",
  render: ({ rows }) => html`<table><tbody>${each(rows, ({ id }) => id, row)}</tbody></table>`,
})
const fetchScope: Plug<{}, { scope: null }> = (conn, next) => next(conn.assign({ scope: null }))
const browser = pipeline(session({ secret }), protectFromForgery(), fetchScope)
const routes = router(
  scope(
    "/",
    browser,
    {
      layout: ({ title, content, csrfToken }) =>
        html`<!doctype html><html lang="en"><head>${liveHead({ csrfToken })}<title>${title}</title></head><body>${content}</body></html>`,
    },
    [live(path.table, Table)],
  ),
)
const pubsub = await openPubSub({ adapter: local() }).start(new AbortController().signal)
const unhurried = { eventsPerSecond: 1e9, eventBurst: 1e9 }
const handler = liveSocket({ router: routes, pubsub, secret, limits: unhurried })
const ours = appOf(routes)

// theirs
const table = (rows: readonly Row[]) =>
  hono`<table><tbody>${rows.map(({ id, name, value }) => hono`<tr id="row-${id}"><td>${name}</td><td>${value}</td></tr>`)}</tbody></table>`
const theirs = new Hono().get("/table", async (context) => {
  const known = await getSignedCookie(context, secret, "session")
  if (!known) await setSignedCookie(context, "session", crypto.randomUUID(), secret)
  return context.html(
    hono`<!doctype html><html lang="en"><head><title>Rows</title></head><body>${table(first)}</body></html>`,
  )
})

const page = async (fetch: (request: Request) => Response | Promise<Response>) =>
  (await fetch(new Request(`${origin}/table`))).text()

/** Joins the page and gives what asks its view for a change: the frame that comes back. */
async function joined(): Promise<() => Promise<string>> {
  const response = await ours.fetch(new Request(`${origin}/table`))
  const text = await response.text()
  const between = (before: string) => text.split(before)[1]?.split('"')[0] ?? ""
  const csrf = between('name="csrf-token" content="')
  const topic = `lv:${between(' id="')}`
  const cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? ""
  const headers = new Headers({ cookie, origin })
  const answer = await handler.upgrade({
    ...{ method: "GET", origin, remoteAddress: "127.0.0.1", body: () => null },
    target: `/live/websocket?_csrf_token=${csrf}&vsn=2.0.0`,
    ...{ header: (name) => headers.get(name), headers: () => headers },
    signal: new AbortController().signal,
  })
  if (!("open" in answer)) throw new Error(`refused with ${answer.status}`)
  let heard: (frame: string) => void = () => {}
  const connection = answer.open({
    ...{ bufferedAmount: 0, send: (data) => heard(String(data)), close() {} },
  })
  let ref = 0
  const ask = (event: string, payload: object): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>()
    heard = resolve
    connection.message(JSON.stringify(["1", String(++ref), topic, event, payload]))
    return promise
  }
  const params = { _csrf_token: csrf, _mounts: 0 }
  const tokens = { session: between('data-phx-session="'), static: null, sticky: false }
  const reply = await ask("phx_join", { url: `${origin}/table`, params, ...tokens })
  if (!reply.includes('"ok"')) throw new Error(reply)
  return () => ask("event", { type: "click", event: "change", value: {} })
}

const change = await joined()
let rows = first
const rendered = () => {
  rows = changed(rows)
  return String(table(rows))
}

await compare({
  bench: "live/first-answer",
  ours: () => page(ours.fetch),
  peers: { "hono, one page": () => page((request) => theirs.fetch(request)) },
})
await compare({
  bench: "live/changed-row",
  ours: change,
  peers: { "hono/html, whole table": rendered },
})
await compare({
  ...{ bench: "live/changed-row-size", unit: "B", rounds: 3 },
  ours: { measure: async () => Buffer.byteLength(await change()) },
  peers: { "hono/html, whole table": { measure: () => Buffer.byteLength(rendered()) } },
})
process.exit(0)

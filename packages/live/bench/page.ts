// One live page without a browser and without a network: its dead render, and the socket that it joins over.
import type { Connection, Transport } from "@bennu/channels"
import { supervisor } from "@bennu/core"
import { html } from "@bennu/html"
import { type LiveSocketOptions, type LiveView, live, liveSocket } from "@bennu/live"
import { app, type Layout, pipeline, requestSource, scope } from "@bennu/plug"
import { protectFromForgery } from "@bennu/plug/csrf"
import { session } from "@bennu/plug/session"
import { local, openPubSub } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"

const origin = "http://bench.test"
const path = paths({ page: "/" })
const layout: Layout = ({ csrfToken, content }) =>
  html`<meta name="csrf-token" content="${csrfToken}">${content}`

/** Serves a view at `/`; `events` may come as fast as they can be answered. */
export async function serve(
  view: LiveView<{}>,
  survival: Pick<LiveSocketOptions, "park" | "stash"> = {},
) {
  const parts = supervisor()
  const pubsub = await parts.start(openPubSub({ adapter: local() }))
  const secret = "bench".repeat(16)
  const through = pipeline(session({ secret }), protectFromForgery(), (conn, next) =>
    next(conn.assign({ scope: {} })),
  )
  const routes = router(scope("/", through, { layout }, [live(path.page, view)]))
  const limits = { eventsPerSecond: 1e9, eventBurst: 1e9 }
  const handler = liveSocket({ router: routes, pubsub, secret, limits, ...survival })
  const { fetch } = app(routes)
  return {
    pubsub,
    fetch: () => fetch(new Request(`${origin}/`)),
    join: (keeps?: boolean) => join(fetch, handler, keeps),
    /** Ends what waits for its page. */
    end: () => handler.stop?.(),
    stop: () => parts[Symbol.asyncDispose](),
  }
}

type Handler = ReturnType<typeof liveSocket>
const attribute = (html: string, name: string) =>
  new RegExp(`${name}="([^"]*)"`).exec(html)?.[1] ?? ""

async function join(
  fetch: (request: Request) => Promise<Response>,
  handler: Handler,
  keeps = false,
) {
  const answer = await fetch(new Request(`${origin}/`))
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ")
  const html = await answer.text()
  const topic = `lv:${attribute(html, " id")}`
  const token = attribute(html, 'name="csrf-token" content')
  const upgrade = new Request(`${origin}/live/websocket?_csrf_token=${token}&vsn=2.0.0`, {
    headers: { cookie, origin },
  })
  let sent = (_: string): void => {}
  let connection: Connection
  let stash: string | null = null
  let joins = 0
  const transport: Transport = {
    send: (data) => sent(String(data)),
    close() {},
    bufferedAmount: 0,
    noticesAbsence: true,
  }
  /** Sends a message and resolves with the frame that answers it. */
  const ask = (event: string, payload: object): Promise<string> =>
    new Promise((resolve) => {
      sent = (frame) => {
        const at = frame.indexOf('"stash":"')
        if (at !== -1) stash = frame.slice(at + 9, frame.indexOf('"', at + 9))
        resolve(frame)
      }
      connection.message(JSON.stringify(["1", "1", topic, event, payload]))
    })
  const tokens = {
    session: attribute(html, "data-phx-session"),
    static: attribute(html, "data-phx-static"),
  }
  /** Joins, for the first time or again by another socket. @param keeps Whether the page keeps stashes. */
  async function come(keeps: boolean): Promise<string> {
    const accepted = await handler.upgrade(requestSource(upgrade))
    if (!("open" in accepted)) throw new Error(`the socket was refused: ${accepted.status}`)
    connection = accepted.open(transport)
    const params = {
      _csrf_token: token,
      _mounts: joins++,
      _mount_attempts: 0,
      ...(keeps && { _stash: stash }),
    }
    return ask("phx_join", { url: `${origin}/`, params, ...tokens, sticky: false })
  }
  const joined = await come(keeps)
  if (!joined.includes('"status":"ok"')) throw new Error(`the join was refused: ${joined}`)
  return {
    joined,
    /** The connection breaks. */
    drop: () => connection.closed(1006),
    /** The page comes back. */
    back: () => come(keeps),
    /** Sends an event, and resolves with the frame that answers it. */
    send: (event: object) => ask("event", event),
    /** Hears what comes by itself. */
    hear(heard: (frame: string) => void) {
      sent = heard
    },
  }
}

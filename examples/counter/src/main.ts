// A live page in one file: a number that everybody who looks at it shares.
import { supervisor } from "@bennu/core"
import { randomToken } from "@bennu/core/crypto"
import { endpoint } from "@bennu/endpoint"
import { html } from "@bennu/html"
import { live, liveSocket, liveViews, on } from "@bennu/live"
import { get, type Layout, type Plug, pipeline, scope } from "@bennu/plug"
import { protectFromForgery } from "@bennu/plug/csrf"
import { secureHeaders } from "@bennu/plug/headers"
import { session } from "@bennu/plug/session"
import { local, openPubSub, topic } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { build } from "esbuild"
import * as z from "zod"

const path = paths({ home: "/", script: "GET /app.js" })
const changed = topic("counter", z.object({ count: z.int() }))

const app = supervisor({ name: "counter", signals: true })
const pubsub = await app.start(openPubSub({ adapter: local() }))
const secret = randomToken(64)
let count = 0

const add = async (by: number) => {
  count += by
  await pubsub.broadcast(changed, { count })
}

/** Who asks. Here it does not matter. */
type Scope = Readonly<Record<string, never>>

const CounterLive = liveViews<Scope>()({
  public: true,
  events: { more: {}, less: {} },
  mount: () => ({ count }),
  handleEvent: { more: () => add(1), less: () => add(-1) },
  subscribe: (_) => [on(changed, (socket, { count }) => socket.assign({ count }))],
  title: "Counter",
  render: ({ count }, { more, less }) => html`
    <h1>Counter</h1>
    <button phx-click="${less}" aria-label="less">−</button>
    <output>${count}</output>
    <button phx-click="${more}" aria-label="more">+</button>`,
})

const client = await build({
  stdin: {
    contents: `
      import { Socket } from "phoenix"
      import { LiveSocket } from "phoenix_live_view"
      const token = document.querySelector("meta[name='csrf-token']").content
      new LiveSocket("/live", Socket, { params: () => ({ _csrf_token: token }) }).connect()`,
    resolveDir: import.meta.dirname,
  },
  bundle: true,
  minify: true,
  write: false,
})
const [{ text: script } = { text: "" }] = client.outputFiles

const layout: Layout = ({ title, head, content, csrfToken, nonce }) => html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="csrf-token" content="${csrfToken}">
      <meta name="color-scheme" content="light dark">
      <title>${title}</title>
      <link rel="icon" href="data:,">
      <script defer nonce="${nonce}" src="${path.script()}"></script>
      ${head}
    </head>
    <body><main>${content}</main></body>
  </html>`

const withScope: Plug<object, { scope: Scope }> = (conn, next) => next(conn.assign({ scope: {} }))
const browser = pipeline(session({ secret }), protectFromForgery(), secureHeaders(), withScope)
const routes = router(
  scope("/", browser, { layout }, [
    live(path.home, CounterLive),
    get(path.script, (conn) =>
      conn.text(script).withHeader("content-type", "text/javascript; charset=utf-8"),
    ),
  ]),
)

const port = Number(process.env["PORT"] ?? 4000)
const { url } = await app.start(
  endpoint({
    router: routes,
    port,
    sockets: { "/live": liveSocket({ router: routes, pubsub, secret }) },
  }),
)
console.log(`The counter is at ${url.href}`)

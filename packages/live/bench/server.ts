// Serves the views over real sockets, and tells its memory and its time on the processor.
import { supervisor } from "@bennu/core"
import { endpoint } from "@bennu/endpoint"
import { html } from "@bennu/html"
import { live, liveSocket } from "@bennu/live"
import { type Layout, pipeline, scope } from "@bennu/plug"
import { protectFromForgery } from "@bennu/plug/csrf"
import { session } from "@bennu/plug/session"
import { local, openPubSub } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { Chat, Counter, Form, table } from "./views.ts"

const path = paths({
  ...{ counter: "/counter", chat: "/chat", form: "/form" },
  ...{ table: "/table", inline: "/inline" },
})
const layout: Layout = ({ csrfToken, content }) =>
  html`<meta name="csrf-token" content="${csrfToken}"><title>bench</title>${content}`
const secret = "bench".repeat(16)
const through = pipeline(session({ secret }), protectFromForgery(), (conn, next) =>
  next(conn.assign({ scope: {} })),
)
const app = router(
  scope("/", through, { layout }, [
    ...[live(path.counter, Counter), live(path.chat, Chat), live(path.form, Form)],
    ...[live(path.table, table(false)), live(path.inline, table(true))],
  ]),
)
const parts = supervisor()
const pubsub = await parts.start(openPubSub({ adapter: local() }))
const open = { connections: 20_000, socketsPerAddress: 20_000 }
const limits = { eventsPerSecond: 1e6, eventBurst: 1e6 }
const sockets = {
  "/live": liveSocket({ router: app, pubsub, secret, limits, park: false }),
} as const
const server = await parts.start(
  endpoint({ router: app, port: 0, host: "127.0.0.1", sockets, limits: open }),
)

const turn = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const asks: Readonly<Record<string, () => unknown>> = {
  async memory() {
    for (let i = 0; i < 4; i++) {
      globalThis.gc?.({ execution: "sync", type: "major", flavor: "last-resort" })
      await turn(50)
    }
    const { rss, heapUsed, external } = process.memoryUsage()
    return { rss, heap: heapUsed + external }
  },
  cpu() {
    const { user, system } = process.cpuUsage()
    return user + system
  },
}
process.on("disconnect", () => process.exit())
process.on("message", async (what: string) => {
  process.send?.((await asks[what]?.()) ?? null)
})
process.send?.(Number(server.url.port))

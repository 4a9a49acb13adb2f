// Files in every way: a folder of hundreds, one that is large, and one in parts to a store of objects.
import { mkdir } from "node:fs/promises"
import { supervisor } from "@bennu/core"
import { randomToken } from "@bennu/core/crypto"
import { endpoint } from "@bennu/endpoint"
import { html } from "@bennu/html"
import { live, liveHead, liveSocket } from "@bennu/live"
import { get, type Layout, type Plug, pipeline, scope } from "@bennu/plug"
import { protectFromForgery } from "@bennu/plug/csrf"
import { secureHeaders } from "@bennu/plug/headers"
import { session } from "@bennu/plug/session"
import { local, openPubSub } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { build } from "esbuild"
import { openBucket } from "./bucket.ts"
import { type Scope, UploadsLive } from "./uploads-live.ts"

const path = paths({ home: "/", script: "GET /app.js" })
const secret = randomToken(64)
const uploadDir = process.env["UPLOAD_DIR"] ?? ".data/uploads"
await mkdir(uploadDir, { recursive: true })
const bucket = openBucket(secret)

const client = await build({
  entryPoints: [new URL("assets/app.ts", import.meta.url).pathname],
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
      ${liveHead({ csrfToken })}
      <meta name="color-scheme" content="light dark">
      <title>${title}</title>
      <link rel="icon" href="data:,">
      <script defer nonce="${nonce}" src="${path.script()}"></script>
      ${head}
    </head>
    <body><main>${content}</main></body>
  </html>`

const withScope: Plug<object, { scope: Scope }> = (conn, next) =>
  next(conn.assign({ scope: { bucket } }))
const browser = pipeline(session({ secret }), protectFromForgery(), secureHeaders(), withScope)
const routes = router(
  scope("/", browser, { layout }, [
    live(path.home, UploadsLive),
    get(path.script, (conn) =>
      conn.text(script).withHeader("content-type", "text/javascript; charset=utf-8"),
    ),
  ]),
  bucket.route,
)

const app = supervisor({ name: "uploads", signals: true })
const pubsub = await app.start(openPubSub({ adapter: local() }))
const sockets = { "/live": liveSocket({ router: routes, pubsub, secret, uploadDir }) } as const
const port = Number(process.env["PORT"] ?? 4000)
const { url } = await app.start(endpoint({ router: routes, port, sockets }))
console.log(`The page for uploads is at ${url.href}`)

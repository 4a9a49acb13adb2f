import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { html } from "@bennu/html"
import { get, pipeline, scope, secureHeaders } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import { endpoint, type LiveReload, liveReload } from "../index.ts"

const path = paths({ page: "/", json: "/json" })
const routes = router(
  scope("/", pipeline(secureHeaders()), [
    get(path.page, (conn) => conn.html(html`<html><body>hello</body></html>`)),
    get(path.json, (conn) => conn.json("</body>")),
  ]),
)
const started = new AbortController().signal
const opened: AsyncDisposable[] = []

async function serve(watch: readonly string[], enabled?: boolean) {
  const reload: LiveReload = await liveReload({ watch, enabled }).start(started)
  const options = { router: routes, port: 0, before: reload.plug, sockets: { ...reload.sockets } }
  const { url, ...server } = await endpoint(options).start(started)
  opened.push({ [Symbol.asyncDispose]: () => server.stop(AbortSignal.abort()) }, reload)
  const ask = async (to: string) => {
    const response = await fetch(new URL(to, url))
    return { headers: response.headers, status: response.status, body: await response.text() }
  }
  const page = async (origin = url.origin) => {
    const ws = new WebSocket(new URL("/bennu/reload/socket", url), { origin })
    const heard: string[] = []
    ws.on("message", (data) => heard.push(String(data)))
    ws.on("error", () => {})
    opened.push({ [Symbol.asyncDispose]: async () => ws.terminate() })
    return { ws, heard }
  }
  return { reload, ask, page }
}
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]()
})

describe("liveReload", () => {
  it("adds its script to pages, with the nonce that their policy allows", async () => {
    const { ask } = await serve([])
    const { headers, body } = await ask("/")
    const nonce = /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1]
    expect(body).toBe(
      `<html><body>hello<script nonce="${nonce}" src="/bennu/reload/client.js"></script></body></html>`,
    )
    const script = await ask("/bennu/reload/client.js")
    expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8")
    expect(() => new Function(script.body)).not.toThrow()
    expect((await ask("/json")).body).toBe('"</body>"')
  })

  it("tells pages of what changed, once, and of styles as such", async () => {
    const { reload, page } = await serve([])
    const { heard } = await page()
    await expect.poll(() => heard).toHaveLength(1)
    reload.changed("app.css")
    reload.changed("other.css")
    await expect.poll(() => heard.slice(1)).toEqual(["css"])
    reload.changed("app.css")
    reload.changed("app.ts")
    reload.changed("app.css")
    await expect.poll(() => heard.slice(1)).toEqual(["css", "reload"])
  })

  it("watches the files that its patterns match", async () => {
    const dir = await mkdtemp(join(tmpdir(), "bennu-reload-"))
    const { page } = await serve([join(dir, "**/*.css")])
    const { heard } = await page()
    await expect.poll(() => heard).toHaveLength(1)
    await writeFile(join(dir, "app.ts"), "")
    await writeFile(join(dir, "app.css"), "")
    await expect.poll(() => heard.slice(1)).toContain("css")
    expect(heard).not.toContain("reload")
    await rm(dir, { recursive: true })
  })

  it("tells nothing to pages of other sites", async () => {
    const { page } = await serve([])
    const { ws } = await page("https://evil.example")
    const [, response] = await once(ws, "unexpected-response")
    expect(response.statusCode).toBe(403)
  })

  it("is off in production", async () => {
    const { ask } = await serve([], false)
    expect((await ask("/")).body).toBe("<html><body>hello</body></html>")
    expect((await ask("/bennu/reload/client.js")).status).toBe(404)
  })
})

import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { request } from "node:http"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { supervisor } from "@bennu/core"
import { get } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it } from "vitest"
import { type Endpoint, type EndpointOptions, endpoint, requestRefused } from "./index.ts"

const path = paths({ home: "/", who: "/who" })
const routes = router(
  get(path.home, (conn) => conn.text("hello")),
  get(path.who, (conn) => conn.text(conn.origin)),
)
const opened: Endpoint[] = []
async function serve(more: Partial<EndpointOptions> = {}) {
  const options = more.path === undefined ? { port: 0, ...more } : more
  const child = endpoint({ development: false, ...options, router: routes })
  const made = await child.start(new AbortController().signal)
  opened.push(made)
  return { ...made, ask: (to: string, init?: RequestInit) => fetch(new URL(to, made.url), init) }
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.stop(AbortSignal.abort())))
})

describe("/livez and /readyz", () => {
  it("tell that all is well", async () => {
    const { ask } = await serve()
    for (const to of ["/livez", "/readyz"]) {
      const response = await ask(to)
      expect([response.status, await response.json()]).toEqual([200, { status: "up" }])
      expect(response.headers.get("cache-control")).toBe("no-store")
      expect(await (await ask(to, { method: "HEAD" })).text()).toBe("")
    }
  })

  it("tell how the parts of a supervisor are, and nothing that is not for strangers", async () => {
    const app = supervisor()
    let status: "up" | "degraded" | "down" = "up"
    await app.start({
      name: "repo",
      start: async () => ({
        health: () => ({ status, detail: "postgres://secret" }),
        async [Symbol.asyncDispose]() {},
      }),
    })
    const { url } = await app.start(
      endpoint({ router: routes, port: 0, health: { parts: () => app.health() } }),
    )
    const ready = async () => {
      const response = await fetch(new URL("/readyz", url))
      return [response.status, await response.json()]
    }
    expect(await ready()).toEqual([200, { status: "up", parts: { repo: "up", endpoint: "up" } }])
    status = "degraded"
    expect(await ready()).toMatchObject([200, { status: "degraded" }])
    status = "down"
    expect(await ready()).toEqual([
      503,
      { status: "down", parts: { repo: "down", endpoint: "up" } },
    ])
    expect((await fetch(new URL("/livez", url))).status).toBe(200)
    await app.stop()
  })

  it("deny when nobody can tell", async () => {
    const parts = () => Promise.reject(new Error("secret"))
    const { ask } = await serve({ health: { parts } })
    const response = await ask("/readyz")
    expect([response.status, await response.json()]).toEqual([503, { status: "down" }])
  })

  it("may be elsewhere, or nowhere", async () => {
    const elsewhere = await serve({ health: { ready: "/up" } })
    expect((await elsewhere.ask("/up")).status).toBe(200)
    expect((await elsewhere.ask("/readyz")).status).toBe(404)
    const nowhere = await serve({ health: false })
    expect((await nowhere.ask("/livez")).status).toBe(404)
  })
})

describe("stopping", () => {
  it("fails readiness first, and then refuses connections", async () => {
    const { ask, stop } = await serve({ drain: { notice: "1h" } })
    const deadline = new AbortController()
    const stopped = stop(deadline.signal)
    const ready = await ask("/readyz")
    expect([ready.status, ready.headers.get("connection")]).toEqual([503, "close"])
    expect((await ask("/livez")).status).toBe(200)
    const page = await ask("/")
    expect([await page.text(), page.headers.get("connection")]).toEqual(["hello", "close"])
    deadline.abort()
    await stopped
    await expect(ask("/")).rejects.toThrow()
  })
})

describe("hosts", () => {
  const askAs = async (url: URL, host: string, to = "/who") => {
    const [response] = await once(
      request(new URL(to, url), { headers: { host } }).end(),
      "response",
    )
    return [response.statusCode, await text(response)]
  }

  it("that are not ours are told so", async () => {
    const refused: unknown[] = []
    using _ = requestRefused.subscribe(({ status }) => refused.push(status))
    const { url } = await serve({ hosts: ["example.com", "*.example.org", "[::1]:4000"] })
    expect(await askAs(url, "example.com")).toEqual([200, "http://example.com"])
    expect(await askAs(url, "EXAMPLE.com:81")).toEqual([200, "http://example.com:81"])
    expect(await askAs(url, "a.b.example.org")).toEqual([200, "http://a.b.example.org"])
    expect(await askAs(url, "[::1]:4000")).toEqual([200, "http://[::1]:4000"])
    const strangers = [
      "evil.example",
      "example.com.evil.example",
      "notexample.com",
      "example.org",
      "evilexample.org",
      "[::1]:4001",
      ".example.org",
    ]
    for (const host of strangers) {
      expect((await askAs(url, host))[0]).toBe(host.startsWith(".") ? 400 : 421)
    }
    expect(refused).toHaveLength(strangers.length)
    expect((await askAs(url, "10.0.0.7", "/readyz"))[0]).toBe(200)
  })

  it("may be asked for by any name where the public one is known", async () => {
    const { url } = await serve({ publicUrl: "https://example.com" })
    expect(await askAs(url, "evil.example")).toEqual([200, "https://example.com"])
  })

  it.each([
    [{ hosts: ["https://example.com"] }, "hosts: holds"],
    [{ hosts: ["*"] }, "hosts: holds"],
    [{ publicUrl: "https://example.com/" }, "publicUrl: has to be"],
    [{ publicUrl: "javascript:alert(1)" }, "publicUrl: has to be"],
    [{ http2: true }, "http2: needs tls"],
    [{ path: "/tmp/x", port: 1 }, "path: has to be given alone"],
    [{ health: { ready: "/readyz/" } }, "health: has to be"],
  ])("and the like are checked: %j", (options, message) => {
    expect(() => endpoint({ port: 0, router: routes, ...options })).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message) }),
    )
  })
})

describe("a Unix socket", () => {
  it("is listened on, also after a process that left it behind, and nothing else is taken away for it", async () => {
    const dir = await mkdtemp(join(tmpdir(), "bennu-unix-"))
    const socketPath = join(dir, "app.sock")
    const ask = async () => {
      const [response] = await once(request({ socketPath, path: "/" }).end(), "response")
      return text(response)
    }
    const listening = `require("node:net").createServer().listen(process.argv[1], () => console.log("up"))`
    const killed = spawn(process.execPath, ["-e", listening, socketPath])
    await once(killed.stdout, "data")
    killed.kill("SIGKILL")
    await once(killed, "exit")
    expect((await stat(socketPath)).isSocket()).toBe(true)
    const first = await serve({ path: socketPath })
    expect(await ask()).toBe("hello")
    await expect(serve({ path: socketPath })).rejects.toMatchObject({
      code: "ERR_ENDPOINT_PORT_TAKEN",
    })
    expect(await ask()).toBe("hello")
    await first.stop(AbortSignal.abort())
    const file = join(dir, "notes.txt")
    await writeFile(file, "keep me")
    await expect(serve({ path: file })).rejects.toMatchObject({ code: "ERR_ENDPOINT_PORT_TAKEN" })
    expect(await readFile(file, "utf8")).toBe("keep me")
    await rm(dir, { recursive: true })
  })
})

describe("reusePort", () => {
  it("lets two listen on one port", async () => {
    const one = await serve({ reusePort: true })
    const other = await serve({ reusePort: true, port: Number(one.url.port) })
    expect(other.url.port).toBe(one.url.port)
  })
})

describe("what the parser refuses", () => {
  it("is told of", async () => {
    const refused: unknown[] = []
    using _ = requestRefused.subscribe((payload) => refused.push(payload))
    const { url } = await serve()
    const socket = connect(Number(url.port), url.hostname)
    socket.write("no HTTP\r\n\r\n")
    const answer = await text(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nconnection: close\r\n/)
    expect(refused).toEqual([
      { status: 400, reason: "HPE_INVALID_METHOD", remoteAddress: "127.0.0.1" },
    ])
  })
})

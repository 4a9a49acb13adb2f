// What a hostile client sends, over the wire, while somebody else uses the site undisturbed.
import { connect } from "node:net"
import { WebSocket } from "ws"
import { callMe, connected, expect, say, test } from "./fixtures.ts"

/** Sends bytes to the server and resolves with all that it answers until it closes. */
const raw = (url: string, ...bytes: readonly (string | Uint8Array)[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1")
    let answer = ""
    socket.setEncoding("utf8").on("data", (text) => {
      answer += text
    })
    socket.on("close", () => resolve(answer))
    // a server that refuses a body may close before it was all sent
    socket.on("error", (error: NodeJS.ErrnoException) =>
      ["EPIPE", "ECONNRESET"].includes(error.code ?? "") ? resolve(answer) : reject(error),
    )
    for (const part of bytes) socket.write(part)
  })

/** A live socket spoken by hand: what a page knows, and frames as they come. */
async function handSocket(url: string, path = "/articles/two-windows") {
  const answer = await fetch(url + path, { headers: { accept: "text/html" } })
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ")
  const text = await answer.text()
  const find = (pattern: RegExp) => pattern.exec(text)?.[1]?.replaceAll("&amp;", "&") ?? ""
  const tokens = {
    csrf: find(/name="csrf-token" content="([^"]+)"/),
    id: find(/<div[^>]* id="(phx-[^"]+)"/),
    session: find(/data-phx-session="([^"]+)"/),
    static: find(/data-phx-static="([^"]+)"/),
  }
  const open = async (csrf = tokens.csrf) => {
    const query = new URLSearchParams({ _csrf_token: csrf, vsn: "2.0.0" })
    const socket = new WebSocket(`${url.replace("http", "ws")}/live/websocket?${query}`, {
      headers: { cookie, origin: url },
    })
    const frames: unknown[][] = []
    socket.on("message", (data) => frames.push(JSON.parse(String(data))))
    const closed = new Promise<number>((resolve) => socket.once("close", resolve))
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
    const reply = async (ref: string) => {
      await expect.poll(() => frames.some(([, each]) => each === ref)).toBe(true)
      return frames.find(([, each]) => each === ref)?.[4] as {
        status: string
        response: Record<string, unknown>
      }
    }
    const send = (frame: unknown) =>
      socket.send(
        typeof frame === "string" || frame instanceof Uint8Array ? frame : JSON.stringify(frame),
      )
    const join = (session = tokens.session) => {
      send([
        "1",
        "1",
        `lv:${tokens.id}`,
        "phx_join",
        {
          url: url + path,
          params: { _csrf_token: csrf, _mounts: 0 },
          session,
          static: tokens.static,
          sticky: false,
        },
      ])
      return reply("1")
    }
    const event = (ref: string, payload: object) => {
      send(["1", ref, `lv:${tokens.id}`, "event", payload])
      return reply(ref)
    }
    return { socket, frames, closed, reply, send, join, event, topic: `lv:${tokens.id}` }
  }
  return { ...tokens, open }
}

test.describe("while somebody reads and writes,", () => {
  // the witness: joined before, and served as usual after each attempt
  test.beforeEach(async ({ page }) => {
    await callMe(page, "Witness", "/articles/two-windows")
    await connected(page)
  })
  test.afterEach(({ page }) => say(page, "I noticed nothing."))

  test("malformed frames close the socket that sent them", async ({ server }) => {
    const hand = await handSocket(server.url)
    for (const frame of [
      "nonsense",
      "{}",
      "[]",
      '["1"]',
      "[1,2,3,4,5]",
      "[null,null,null,null,null]",
      new Uint8Array([9, 9, 9]),
      new Uint8Array([0, 255, 255, 255, 255]),
    ]) {
      const { send, closed } = await hand.open()
      send(frame)
      expect(await closed, String(frame)).toBeGreaterThan(1000)
    }
  })

  test("a wrong csrf token and a forged session token are told to load the page again", async ({
    server,
  }) => {
    const hand = await handSocket(server.url)
    const forged = await (await hand.open(`${hand.csrf.slice(0, -3)}abc`)).join()
    expect(forged).toEqual({ status: "error", response: { reason: "stale" } })
    const other = `${hand.session.slice(0, -4)}AAAA`
    expect(await (await hand.open()).join(other)).toEqual({
      status: "error",
      response: { reason: "stale" },
    })
  })

  test("an unknown event, and a payload that does not fit, are refused; the view lives on", async ({
    server,
  }) => {
    const { join, event } = await (await handSocket(server.url)).open()
    expect((await join()).status).toBe("ok")
    for (const [index, name] of [
      "nope",
      "__proto__",
      "constructor",
      "toString",
      "mount",
    ].entries()) {
      const { status } = await event(`${10 + index}`, { type: "click", event: name, value: {} })
      expect(status, name).toBe("ok")
    }
    const odd = await event("20", {
      type: "form",
      event: "post",
      value: "comment[__proto__][x]=1&comment[body][a]=2",
    })
    expect(odd.status).toBe("ok")
    const pollution = await event("21", {
      type: "click",
      event: "post",
      value: JSON.parse('{"__proto__":{"polluted":1}}'),
    })
    expect(pollution.status).toBe("ok")
  })

  test("a body of ten megabytes is refused", async ({ server }) => {
    const body = new Uint8Array(10 * 1024 * 1024).fill(97)
    const head = `POST /name HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}\r\n\r\n`
    const answer = await raw(server.url, head, body)
    expect(answer === "" || answer.startsWith("HTTP/1.1 413")).toBe(true)
  })

  test("headers with CR or LF, odd paths and forged names are refused", async ({ server }) => {
    const get = (path: string, header = "") =>
      raw(server.url, `GET ${path} HTTP/1.1\r\nhost: x\r\n${header}connection: close\r\n\r\n`)
    expect(await get("/", "x-bad: a\rb\r\n")).toMatch(/^HTTP\/1\.1 400/)
    for (const path of [
      "/../etc/passwd",
      "/assets/../../package.json",
      "/assets/%2e%2e/secret",
      "/assets/..%2fsecret",
      "/articles/%00",
      "/articles/a%5cb",
      "//articles/two-windows",
      "/articles/%ff",
    ]) {
      expect(await get(path), path).toMatch(/^HTTP\/1\.1 40[04]/)
    }
    expect(await get("/assets/__proto__")).toMatch(/^HTTP\/1\.1 404/)
    expect(await get("/articles/__proto__")).toMatch(/^HTTP\/1\.1 404/)
    expect(await get("/?__proto__[x]=1&constructor=2&tag[]=a")).toMatch(/^HTTP\/1\.1 [24]00/)
    expect(await get("/", "__proto__: x\r\n")).toMatch(/^HTTP\/1\.1 200/)
  })

  test("a form posted without the token, or from elsewhere, changes nothing", async ({
    server,
  }) => {
    const elsewhere = await fetch(`${server.url}/name`, {
      method: "POST",
      redirect: "manual",
      headers: {
        origin: "https://elsewhere.example",
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "name=Mallory",
    })
    expect(elsewhere.status).toBe(403)
    const without = await fetch(`${server.url}/name`, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "name=Mallory",
    })
    expect(without.status).toBe(403)
    expect(without.headers.getSetCookie().join()).not.toContain("Mallory")
  })

  test("a socket from another origin is refused before it opens", async ({ server }) => {
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/live/websocket?vsn=2.0.0`, {
      headers: { origin: "https://elsewhere.example" },
    })
    const status = await new Promise((resolve) =>
      socket
        .once("unexpected-response", (_, { statusCode }) => resolve(statusCode))
        .on("error", () => {}),
    )
    expect(status).toBe(403)
  })
})

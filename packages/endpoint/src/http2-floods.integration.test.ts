import { once } from "node:events"
import { connect as connectHttp2 } from "node:http2"
import { text } from "node:stream/consumers"
import { get, match } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, beforeAll, describe, expect, it } from "vitest"
import { certificate } from "../fixtures/certificate.ts"
import {
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  frame,
  GET_HOME,
  GOAWAY,
  HEADERS,
  literal,
  PING,
  POST_HOME,
  RST_STREAM,
  rawClient,
  SETTINGS,
} from "../fixtures/http2-frames.ts"
import { type Endpoint, type EndpointLimits, endpoint } from "./index.ts"

// Frames as attackers send them, over TLS, and no client library between. Whoever floods loses the connection (or is let
// talk, at no cost that grows), and everybody else is served.

const path = paths({ home: "/", large: "/large" })
const CHUNK = new Uint8Array(65_536)
const MIB = 2 ** 20
const FLOOD = { timeout: 60_000 }

let tls = { key: "", cert: "" }
beforeAll(() => {
  tls = certificate()
})

let server: Endpoint | undefined
afterEach(async () => {
  await server?.stop(AbortSignal.abort())
})

async function serve(limits: EndpointLimits = {}) {
  const headers: (string | null)[] = []
  const seen = { requests: 0, cancelled: 0, sent: 0, headers }
  const routes = router(
    match("*", path.home, (conn) => {
      seen.requests += 1
      seen.headers.push(conn.header("x-a"))
      return conn.text("hello")
    }),
    get(path.large, () => {
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          seen.sent += CHUNK.length
          controller.enqueue(CHUNK)
        },
        cancel() {
          seen.cancelled += 1
        },
      })
      return new Response(body)
    }),
  )
  const options = { router: routes, port: 0, development: false, tls, http2: true, limits }
  server = await endpoint(options).start(new AbortController().signal)
  return { port: Number(server.url.port), seen }
}

/** Somebody else is answered meanwhile. */
async function bystander(port: number): Promise<string> {
  const session = connectHttp2(`https://localhost:${port}`, { ca: tls.cert })
  try {
    const stream = session.request({ ":path": "/" })
    await once(stream, "response")
    return await text(stream)
  } finally {
    session.destroy()
  }
}

/** What memory a flood may take: of ours and of the client's, which share a process here. */
async function within(mebibytes: number, flood: () => Promise<void>): Promise<void> {
  globalThis.gc?.()
  const before = process.memoryUsage()
  await flood()
  const after = process.memoryUsage()
  const grown = after.heapUsed + after.external - before.heapUsed - before.external
  expect(grown).toBeLessThan(mebibytes * MIB)
}

const request = (stream: number, headers = GET_HOME) =>
  frame(HEADERS, END_HEADERS | END_STREAM, stream, headers)
const CANCEL = Buffer.from([0, 0, 0, 8])

describe("an HTTP/2 client that floods", { timeout: 120_000 }, () => {
  it("with streams that it opens and cancels is cut off, and few of them are handled (CVE-2023-44487)", async () => {
    const { port, seen } = await serve()
    const client = await rawClient(port)
    await within(100, async () => {
      await client.send(50_000, (index) => {
        const stream = 2 * index + 1
        return Buffer.concat([request(stream), frame(RST_STREAM, 0, stream, CANCEL)])
      })
      await client.closed
    })
    expect(seen.requests).toBeLessThan(10_000)
    expect(await bystander(port)).toBe("hello")
  })

  it("with headers that never end is cut off (CVE-2024-27316)", async () => {
    const { port, seen } = await serve()
    const client = await rawClient(port)
    await within(100, async () => {
      client.socket.write(frame(HEADERS, END_STREAM, 1, GET_HOME))
      const more = literal("x", "y".repeat(100))
      await client.send(100_000, () => frame(CONTINUATION, 0, 1, more))
      await client.closed
    })
    expect(seen.requests).toBe(0)
    expect(await bystander(port)).toBe("hello")
  })

  it("with empty continuations is cut off", async () => {
    const { port, seen } = await serve()
    const client = await rawClient(port)
    client.socket.write(frame(HEADERS, END_STREAM, 1, GET_HOME))
    await client.send(100_000, () => frame(CONTINUATION, 0, 1))
    await client.closed
    expect(seen.requests).toBe(0)
  })

  it.each([
    ["pings (CVE-2019-9512)", () => frame(PING, 0, 0, Buffer.alloc(8))],
    ["settings (CVE-2019-9515)", () => frame(SETTINGS, 0, 0, Buffer.from([0, 4, 0, 0, 255, 255]))],
  ])("with %s, and reads no answer, gains nothing", async (_, make) => {
    const { port } = await serve()
    const client = await rawClient(port)
    client.socket.pause()
    await within(100, () => client.send(200_000, make))
    expect(await bystander(port)).toBe("hello")
    client.socket.destroy()
  })

  it("with empty pieces of a body is cut off (CVE-2019-9518)", async () => {
    const { port } = await serve()
    const client = await rawClient(port)
    client.socket.write(frame(HEADERS, END_HEADERS, 1, POST_HOME))
    await within(100, () => client.send(200_000, () => frame(DATA, 0, 1)))
    expect(await bystander(port)).toBe("hello")
    client.socket.destroy()
  })

  it("with a header list beyond the limit is told so", async () => {
    const { port, seen } = await serve({ headerBytes: 4_000 })
    const client = await rawClient(port)
    const many = Array.from({ length: 50 }, (_, index) => literal(`x-${index}`, "y".repeat(100)))
    client.socket.write(request(1, Buffer.concat([GET_HOME, ...many])))
    await expect.poll(() => client.frames().some(({ stream }) => stream === 1), FLOOD).toBe(true)
    expect(seen.requests).toBe(0)
    client.socket.destroy()
  })

  it("with more streams at once than are allowed has them refused", async () => {
    const { port, seen } = await serve()
    const client = await rawClient(port)
    await client.send(300, (index) => frame(HEADERS, END_HEADERS, 2 * index + 1, POST_HOME))
    const refused = () => client.frames().filter(({ type }) => type === RST_STREAM).length
    await expect.poll(() => refused() >= 200 || !client.socket.writable, FLOOD).toBe(true)
    expect(seen.requests).toBeLessThanOrEqual(100)
    client.socket.destroy()
  })
})

describe("an HTTP/2 client that breaks rules", { timeout: 120_000 }, () => {
  it("with a frame larger than agreed is told to go away", async () => {
    const { port, seen } = await serve()
    const client = await rawClient(port)
    client.socket.write(frame(HEADERS, END_HEADERS, 1, POST_HOME))
    client.socket.write(frame(DATA, END_STREAM, 1, Buffer.alloc(16_385)))
    await client.closed
    expect(client.frames().some(({ type }) => type === GOAWAY)).toBe(true)
    expect(seen.requests).toBeLessThanOrEqual(1)
    expect(await bystander(port)).toBe("hello")
  })

  it.each(["a\r\nset-cookie: evil=1", "a\nb", "a\0b"])(
    "with %j for a header's value is heard without it, or not at all",
    async (value) => {
      const { port, seen } = await serve()
      const client = await rawClient(port)
      client.socket.write(request(1, Buffer.concat([GET_HOME, literal("x-a", value)])))
      await expect.poll(() => client.frames().some(({ stream }) => stream === 1), FLOOD).toBe(true)
      expect(seen.headers).toEqual(seen.headers.map(() => null))
      client.socket.destroy()
    },
  )

  it("with no room for an answer is given up, and the answer is cancelled (CVE-2019-9517)", async () => {
    const { port, seen } = await serve({ stallTimeout: 200 })
    // SETTINGS_INITIAL_WINDOW_SIZE (4): 0
    const client = await rawClient(port, Buffer.from([0, 4, 0, 0, 0, 0]))
    const large = Buffer.concat([
      Buffer.from([0x82, 0x87, 0x04, 6]),
      Buffer.from("/large"),
      GET_HOME.subarray(3),
    ])
    client.socket.write(request(1, large))
    await expect.poll(() => seen.cancelled, FLOOD).toBe(1)
    expect(seen.sent).toBeLessThan(4 * MIB)
    client.socket.destroy()
  })
})

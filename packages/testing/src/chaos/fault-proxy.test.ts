import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { afterEach, describe, expect, it, vi } from "vitest"
import { type FaultProxy, faultNetwork, faultProxy } from "../chaos.ts"

// patience for a machine that is busy with other things
vi.setConfig({ testTimeout: 30_000 })
const soon = <T>(what: () => T) => expect.poll(what, { timeout: 20_000 })

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A server that sends back what it gets, and those who are connected to it. */
async function echo() {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on("error", () => {})
    socket.on("close", () => sockets.delete(socket))
    socket.pipe(socket)
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  open.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { host: "127.0.0.1", port, sockets }
}

async function through(proxy: FaultProxy) {
  const socket = connect({ host: "127.0.0.1", port: proxy.port, allowHalfOpen: true })
  const client = { socket, heard: "", ended: false, failed: "" }
  socket.setEncoding("latin1").on("data", (text: string) => {
    client.heard += text
  })
  socket.on("end", () => {
    client.ended = true
  })
  socket.on("error", (error) => {
    client.failed = "code" in error ? String(error.code) : error.message
  })
  open.push(() => socket.destroy())
  await once(socket, "connect")
  return client
}

async function pair() {
  const server = await echo()
  const proxy = await faultProxy(server)
  open.push(() => proxy[Symbol.asyncDispose]())
  return { server, proxy, client: await through(proxy) }
}

const heard = (client: { readonly heard: string }, text: string) =>
  soon(() => client.heard).toBe(text)

describe("a fault proxy", () => {
  it("passes everything on, both ways, as long as nothing is wrong", async () => {
    const { proxy, client } = await pair()
    const text = "0123456789".repeat(100_000)
    client.socket.write(text, "latin1")
    await heard(client, text)
    expect(proxy.passed).toEqual({ up: text.length, down: text.length })
    client.socket.end()
    await soon(() => client.ended).toBe(true)
    await soon(() => proxy.open).toBe(0)
    expect(proxy.passed).toEqual({ up: text.length, down: text.length })
  })

  it("has the target's URL with its own address", async () => {
    await using proxy = await faultProxy("redis://me:secret@127.0.0.1:6379/2?x=1")
    expect(proxy.url).toBe(`redis://me:secret@127.0.0.1:${proxy.port}/2?x=1`)
    await expect(faultProxy("redis://127.0.0.1")).rejects.toThrow("needs a port")
  })

  it("adds latency to each direction, and does not add it up over what is sent at once", async () => {
    const { proxy, client } = await pair()
    proxy.slow({ latency: "40ms" })
    const started = performance.now()
    for (let at = 0; at < 100; at++) client.socket.write("x")
    await heard(client, "x".repeat(100))
    expect(performance.now() - started).toBeGreaterThanOrEqual(79)
    // 100 writes one after the other would have taken 8 s, longer than the test waits
  })

  it("keeps bytes in order when their delays differ", async () => {
    const server = await echo()
    let turn = 0
    // each second piece would overtake the one before
    await using proxy = await faultProxy(server, { random: () => (turn++ % 2 === 0 ? 0.99 : 0) })
    proxy.slow({ jitter: "30ms" })
    const client = await through(proxy)
    for (const letter of "abcdef") {
      client.socket.write(letter)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await heard(client, "abcdef")
  })

  it("limits the bandwidth, without reading more than it holds", async () => {
    const { proxy, client } = await pair()
    proxy.slow({ bandwidth: 100_000 }, "up")
    const started = performance.now()
    client.socket.write("x".repeat(20_000))
    await heard(client, "x".repeat(20_000))
    expect(performance.now() - started).toBeGreaterThanOrEqual(150)
    expect(() => proxy.slow({ bandwidth: Number.NaN })).toThrow(RangeError)
    expect(() => proxy.slow({ latency: -1 })).toThrow("not a duration")
  })

  it("lets connections stand still, and goes on where it was", async () => {
    const { proxy, client, server } = await pair()
    client.socket.write("a")
    await heard(client, "a")
    proxy.stall()
    client.socket.write("b")
    const late = await through(proxy)
    late.socket.write("late")
    await pause()
    expect([client.heard, late.heard, server.sockets.size]).toEqual(["a", "", 1])
    await proxy.heal()
    await heard(client, "ab")
    await heard(late, "late")
  })

  it("stands still in one direction only", async () => {
    const { proxy, client } = await pair()
    proxy.stall("down")
    client.socket.write("abc")
    await soon(() => proxy.passed.up).toBe(3)
    await pause()
    expect(client.heard).toBe("")
    await proxy.heal()
    await heard(client, "abc")
  })

  it("holds little of what it does not pass on: the sender's own buffers fill up", async () => {
    const { proxy, client } = await pair()
    proxy.stall("up")
    client.socket.write(Buffer.alloc(1 << 25))
    await pause()
    expect(client.socket.writableLength).toBeGreaterThan(0)
    await proxy.heal()
    await soon(() => proxy.passed.up).toBe(1 << 25)
  })

  it("loses what is sent, and leaves those connections half-open for ever", async () => {
    const { proxy, client, server } = await pair()
    client.socket.write("a")
    await heard(client, "a")
    proxy.drop()
    client.socket.write("lost")
    for (const socket of server.sockets) socket.destroy()
    const never = await through(proxy)
    await pause()
    await proxy.heal()
    client.socket.write("still lost")
    const fresh = await through(proxy)
    fresh.socket.write("fresh")
    await heard(fresh, "fresh")
    expect(client).toMatchObject({ heard: "a", ended: false, failed: "" })
    expect(never).toMatchObject({ heard: "", ended: false, failed: "" })
  })

  it("resets connections and takes new ones", async () => {
    const { proxy, client, server } = await pair()
    client.socket.write("a")
    await heard(client, "a")
    proxy.cut()
    await soon(() => client.failed).toBe("ECONNRESET")
    await soon(() => server.sockets.size).toBe(0)
    const fresh = await through(proxy)
    fresh.socket.write("fresh")
    await heard(fresh, "fresh")
  })

  it("refuses connections, and takes them again at the same port", async () => {
    const { proxy, client } = await pair()
    const { port } = proxy
    await proxy.refuse()
    await soon(() => client.failed).toBe("ECONNRESET")
    await expect(through(proxy)).rejects.toMatchObject({ code: "ECONNREFUSED" })
    await proxy.heal()
    expect(proxy.port).toBe(port)
    const fresh = await through(proxy)
    fresh.socket.write("fresh")
    await heard(fresh, "fresh")
  })

  it("tells a client that the server has reset its connection, or that there is none", async () => {
    const { proxy, client, server } = await pair()
    client.socket.write("a")
    await heard(client, "a")
    for (const socket of server.sockets) socket.resetAndDestroy()
    await soon(() => client.failed).toBe("ECONNRESET")
    await using nowhere = await faultProxy({ host: "127.0.0.1", port: await closedPort() })
    const alone = await through(nowhere)
    await soon(() => alone.failed).toBe("ECONNRESET")
    expect(proxy.open).toBe(0)
  })
})

describe("a fault network", () => {
  it("splits nodes off and heals", async () => {
    await using network = await faultNetwork(await echo(), ["a", "b"])
    const [a, b] = [await through(network.to("a")), await through(network.to("b"))]
    for (const client of [a, b]) client.socket.write("1")
    await heard(a, "1")
    await heard(b, "1")
    network.split("b")
    for (const client of [a, b]) client.socket.write("2")
    await heard(a, "12")
    await pause()
    expect(b).toMatchObject({ heard: "1", failed: "" })
    await network.heal()
    await heard(b, "12")
    // @ts-expect-error a node that is not there
    expect(() => network.split("c")).toThrow("no node of this network")
  })
})

const pause = () => new Promise((resolve) => setTimeout(resolve, 100))

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}

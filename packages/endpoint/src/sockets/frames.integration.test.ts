import { once } from "node:events"
import { connect } from "node:net"
import type { SocketHandler } from "@bennu/channels"
import { router } from "@bennu/router"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  type Frame,
  type FramesCase,
  framesCases,
  MAX_FRAGMENTS,
  MAX_PAYLOAD,
} from "../../fixtures/websocket-frames.ts"
import { type Endpoint, endpoint } from "../index.ts"

const echo: SocketHandler = {
  protocol: "echo",
  upgrade: () => ({
    maxPayload: MAX_PAYLOAD,
    open: (transport) => ({ message: (data) => transport.send(data), closed() {}, drain() {} }),
  }),
}
let server: Endpoint
beforeAll(async () => {
  server = await endpoint({
    router: router(),
    port: 0,
    sockets: { "/echo": echo },
    limits: { fragments: MAX_FRAGMENTS },
  }).start(new AbortController().signal)
})
afterAll(() => server.stop(AbortSignal.abort()))

const HANDSHAKE = [
  "GET /echo HTTP/1.1",
  "Host: a",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "\r\n",
].join("\r\n")

/** Sends pieces one by one, and returns all that comes back until the server closes. */
async function talk(pieces: readonly Buffer[]): Promise<Buffer> {
  const socket = connect(Number(server.url.port), server.url.hostname).setNoDelay()
  const answer: Buffer[] = []
  socket.on("data", (chunk) => answer.push(chunk))
  // a server that closes while we still write resets the connection: that is its right
  socket.on("error", () => {})
  const closed = once(socket, "close")
  await once(socket, "connect")
  for (const piece of pieces) {
    socket.write(piece)
    if (pieces.length > 1) await new Promise(setImmediate)
  }
  await closed
  return Buffer.concat(answer)
}

/** Frames as a server writes them: whole, and without masks. */
function framesIn(bytes: Buffer): readonly Frame[] {
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length; ) {
    const opcode = (bytes[at] ?? 0) & 0x0f
    expect(bytes[at]).toBe(0x80 | opcode)
    const short = bytes[at + 1] ?? 0
    const [start, length] =
      short < 126
        ? [at + 2, short]
        : short === 126
          ? [at + 4, bytes.readUInt16BE(at + 2)]
          : [at + 10, Number(bytes.readBigUInt64BE(at + 2))]
    frames.push({ opcode, payload: bytes.toString("latin1", start, start + length) })
    at = start + length
  }
  return frames
}

async function answerTo({ sent }: FramesCase, sizes: "whole" | "bytes") {
  const pieces = sizes === "whole" ? [sent] : Array.from(sent, (byte) => Buffer.from([byte]))
  const answer = await talk([Buffer.from(HANDSHAKE), ...pieces])
  const head = answer.indexOf("\r\n\r\n") + 4
  expect(answer.toString("latin1", 0, head)).toMatch(/^HTTP\/1\.1 101 /)
  const frames = framesIn(answer.subarray(head))
  const last = frames.at(-1)
  expect(last?.opcode).toBe(8)
  const close = last?.payload ? Buffer.from(last.payload, "latin1").readUInt16BE() : null
  return { answers: frames.slice(0, -1), close }
}

const kinds = Map.groupBy(framesCases, ({ kind }) => kind)

// the classes of Autobahn's suite, without those of compression
describe.each([...kinds])("what a WebSocket client sends: %s", (_, cases) => {
  it.concurrent.each(cases.map((each) => [each.name, each] as const))("%s", async (_, each) => {
    const { answers, close } = each
    expect(await answerTo(each, "whole")).toEqual({ answers, close })
  })

  const short = cases.filter(({ sent }) => sent.length <= 512)
  it.concurrent.each(short.map((each) => [each.name, each] as const))(
    "%s, byte by byte",
    async (_, each) => {
      const { answers, close } = each
      expect(await answerTo(each, "bytes")).toEqual({ answers, close })
    },
  )
})

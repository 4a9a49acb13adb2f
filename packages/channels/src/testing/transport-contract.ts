import { describe, expect, it } from "vitest"
import type { Accepted, Connection, Transport } from "../transport.ts"

// who waits for something that has to come need not know how slow the machine is
const PATIENCE = { timeout: 15_000 }

/** The other end of a transport: a client as it is on its side of the wire. */
export interface TransportClient extends AsyncDisposable {
  send(data: string | Uint8Array): void
  /** What arrived, in order. */
  readonly received: readonly (string | Uint8Array)[]
  /** Whether it knows that it was closed. */
  readonly isClosed: boolean
  /** Takes nothing any more, without going away. */
  pause(): void
  resume(): void
  /** Goes away without a word. */
  leave(): void
}

export interface TransportTraits {
  /** Whether bytes can be sent to the client (yes). */
  readonly bytes?: boolean | undefined
}

/** What a handler makes of a transport, and all that it is told. */
class Recorder implements Connection {
  readonly messages: (string | Uint8Array)[] = []
  readonly codes: number[] = []
  drained = 0

  message(data: string | Uint8Array): void {
    // it may be the transport's own buffer
    this.messages.push(typeof data === "string" ? data : Uint8Array.from(data))
  }

  closed(code: number): void {
    this.codes.push(code)
  }

  drain(): void {
    this.drained++
  }
}

/**
 * What every transport must do. Run it against yours, in a test file of its own.
 * @param connect Serves what is accepted, and connects one client to it.
 * @example transportContract("my", async (accepted) => myClient(await serve(accepted)))
 */
export function transportContract(
  name: string,
  connect: (accepted: Accepted) => Promise<TransportClient>,
  { bytes = true }: TransportTraits = {},
): void {
  async function pair(opened: (transport: Transport) => void = () => {}) {
    const connection = new Recorder()
    const { promise, resolve } = Promise.withResolvers<Transport>()
    const client = await connect({
      maxPayload: 65_536,
      open(transport) {
        opened(transport)
        resolve(transport)
        return connection
      },
    })
    const stop = () => client[Symbol.asyncDispose]()
    return { client, connection, transport: await promise, [Symbol.asyncDispose]: stop }
  }

  describe(`the ${name} transport`, () => {
    it("hands on what the client sends, text as text and bytes as bytes, in order", async () => {
      await using both = await pair()
      const { client, connection } = both
      const sent = ["[1]", "[2]", Uint8Array.from([0, 255, 10, 13]), '["ä𝄞\\u0000"]']
      for (const data of sent) client.send(data)
      await expect.poll(() => connection.messages.length, PATIENCE).toBe(sent.length)
      expect(connection.messages).toEqual(sent)
    })

    it("sends text in order, whatever characters it has", async () => {
      await using both = await pair()
      const { client, transport } = both
      const sent = ["[1]", '["ä𝄞\\n"]', `["${"x".repeat(10_000)}"]`, ...Array(500).fill("[2]")]
      for (const text of sent) transport.send(text)
      await expect.poll(() => client.received.length, PATIENCE).toBe(sent.length)
      expect(client.received).toEqual(sent)
    })

    it.runIf(bytes)("sends bytes as bytes", async () => {
      await using both = await pair()
      const { client, transport } = both
      transport.send(Uint8Array.from([0, 255, 10]))
      transport.send("[1]")
      await expect.poll(() => client.received.length, PATIENCE).toBe(2)
      expect(client.received).toEqual([Uint8Array.from([0, 255, 10]), "[1]"])
    })

    it.runIf(!bytes)("goes on when it is given bytes that it cannot send", async () => {
      await using both = await pair()
      const { client, transport } = both
      transport.send(Uint8Array.from([1]))
      transport.send("[1]")
      await expect.poll(() => client.received.length, PATIENCE).toBe(1)
      expect(client.received).toEqual(["[1]"])
    })

    it("counts the bytes that wait for a client that does not read, and says when they left", async () => {
      await using both = await pair()
      const { client, connection, transport } = both
      client.pause()
      const text = `["${"x".repeat(65_536)}"]`
      let sent = 0
      // what the system takes off our hands does not wait here
      while (transport.bufferedAmount < 4 * text.length && sent < 1_000) {
        transport.send(text)
        sent++
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(transport.bufferedAmount).toBeGreaterThanOrEqual(4 * text.length)
      client.resume()
      await expect.poll(() => client.received.length, PATIENCE).toBe(sent)
      await expect.poll(() => connection.drained, PATIENCE).toBeGreaterThan(0)
      await expect.poll(() => transport.bufferedAmount, PATIENCE).toBe(0)
    })

    it("closes: the client notices, and the connection is told once", async () => {
      await using both = await pair()
      const { client, connection, transport } = both
      transport.close(1001, "away")
      await expect.poll(() => client.isClosed && connection.codes.length > 0, PATIENCE).toBe(true)
      transport.send("[1]")
      transport.close(1001)
      client.send("[1]")
      await new Promise((resolve) => setImmediate(resolve))
      expect({ codes: connection.codes, received: client.received, messages: connection.messages })
        // by then both sides know
        .toEqual({ codes: [expect.any(Number)], received: [], messages: [] })
    })

    it("may be closed while it is opened", async () => {
      await using both = await pair((transport) => transport.close(1001))
      const { client, connection } = both
      await expect.poll(() => client.isClosed && connection.codes.length > 0, PATIENCE).toBe(true)
      expect(connection.codes).toHaveLength(1)
    })

    it("notices that the client is gone, tells the connection once, and takes what is still sent", async () => {
      await using both = await pair()
      const { client, connection, transport } = both
      client.leave()
      await expect.poll(() => connection.codes.length, PATIENCE).toBeGreaterThan(0)
      transport.send("[1]")
      transport.close(1001)
      await new Promise((resolve) => setImmediate(resolve))
      expect(connection.codes).toHaveLength(1)
    })
  })
}

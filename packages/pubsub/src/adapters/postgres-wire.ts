import type { Session, Wire } from "../internal/link.ts"
import { elapsed } from "../internal/waiting.ts"
import { type PacketReader, PacketTable } from "./packet-table.ts"

/** All we ask of a client; what postgres.js makes fits. */
export interface PostgresClient {
  /** `listening` is called again after a lost connection. */
  listen(channel: string, heard: (payload: string) => void, listening: () => void): Promise<unknown>
  unsafe(
    text: string,
    params?: (string | number)[],
    options?: { readonly prepare: boolean },
  ): PromiseLike<readonly Readonly<Record<string, unknown>>[]>
  end(options: { readonly timeout: number }): Promise<unknown>
}

export interface PostgresWireOptions {
  readonly channel: string
  readonly table: string
  readonly listen: boolean
  readonly poll: number
  readonly pace: number
  readonly keep: number
}

// PostgreSQL refuses a payload of 8000 bytes or more: postgresql.org/docs/current/sql-notify.html
const MAX_PAYLOAD = 7_999
// What a notification says whose packet is in the table; no packet begins like this
const IN_TABLE = "#"
// Neither a notification nor a text may have a NUL: such a packet goes as JSON
const ESCAPED = "~"
// One way there and back instead of two; who listens has a connection to itself, and no pooler between
const PREPARED = { prepare: true }
/** Wrong password, no such role or database, not allowed: nothing that time heals. */
const HOPELESS = new Set(["28P01", "28000", "3D000", "42501"])

/** One connection speaks, the other hears and reads. */
export function postgresWire(make: () => PostgresClient, options: PostgresWireOptions): Wire {
  const { channel, listen, poll, pace, keep } = options

  async function open(
    hear: (packet: string) => void,
    fail: (error: unknown) => void,
    signal: AbortSignal,
  ): Promise<Session> {
    const speaker = ending(make(), signal)
    const listener = ending(make(), signal)
    const table = new PacketTable(options.table)
    await table.create(speaker)
    const receive = (text: string) =>
      hear(text.startsWith(ESCAPED) ? String(JSON.parse(text.slice(1))) : text)
    // A queue of notifications that was full once stays so for ever, though all have read it, until somebody asks: only a
    // NOTIFY that succeeds, or this function, gives its space back (asyncQueueAdvanceTail in PostgreSQL's async.c)
    if (listen) await speaker.unsafe("select pg_notification_queue_usage()")
    if (listen) await notified(listener, table, receive, fail)
    else void polled(await table.reader(listener), receive, signal).catch(fail)
    void cleaned(speaker, table, signal).catch(fail)
    const send = async (packet: string) => {
      const text = packet.includes("\0") ? ESCAPED + JSON.stringify(packet) : packet
      if (!listen) await table.put(speaker, text)
      else if (Buffer.byteLength(text) > MAX_PAYLOAD) {
        await table.putAndNotify(speaker, text, channel, IN_TABLE)
      } else await speaker.unsafe("select pg_notify($1, $2)", [channel, text], PREPARED)
    }
    // One after the other, whatever the client does: numbers must arrive in order
    let last: Promise<void> = Promise.resolve()
    return {
      publish(packet) {
        last = last.then(() => send(packet))
        return last
      },
    }
  }

  async function notified(
    listener: PostgresClient,
    table: PacketTable,
    receive: (text: string) => void,
    fail: (error: unknown) => void,
  ): Promise<void> {
    let reading: Promise<void> = Promise.resolve()
    let pending = 0
    const heard = (payload: string) => {
      const inTable = payload.startsWith(IN_TABLE)
      if (!inTable && pending === 0) return receive(payload)
      // What comes after a packet that is still to be read waits for it
      pending += 1
      reading = reading
        .then(async () => {
          const text = inTable ? await table.get(listener, payload.slice(1)) : payload
          // One that is cleaned away already is missed; its number tells
          if (text !== null) receive(text)
        })
        .catch(fail)
        .finally(() => {
          pending -= 1
        })
    }
    let times = 0
    const listening = () => {
      times += 1
      // The client has lost its connection and found another: what was said in between is lost
      if (times > 1) fail(new Error("the connection that listens was lost"))
    }
    await listener.listen(channel, heard, listening)
  }

  async function polled(
    reader: PacketReader,
    receive: (text: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      for (const text of await reader.fresh()) receive(text)
      await elapsed(poll, signal)
    }
  }

  async function cleaned(
    client: PostgresClient,
    table: PacketTable,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      // Each node at another time; one would do
      await elapsed(keep * (0.5 + Math.random()), signal)
      if (!signal.aborted) await table.clean(client, keep)
    }
  }

  const isFatal = (error: unknown) =>
    error instanceof Error && "code" in error && HOPELESS.has(String(error.code))
  return { name: "postgres", open, isFatal, pace }
}

function ending(client: PostgresClient, signal: AbortSignal): PostgresClient {
  const end = () => void client.end({ timeout: 0 }).catch(() => {})
  if (signal.aborted) end()
  else signal.addEventListener("abort", end)
  return client
}

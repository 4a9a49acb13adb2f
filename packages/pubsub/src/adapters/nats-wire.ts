import { randomToken } from "@bennu/core/crypto"
import type { Session, Wire } from "../internal/link.ts"

/** All we ask of a connection; what the NATS client's `connect` makes fits. */
export interface NatsConnection {
  publish(subject: string, payload: string): void
  /** Resolves once the server has what was published. */
  flush(): Promise<void>
  subscribe(
    subject: string,
    options: {
      readonly callback: (
        error: Error | null,
        message: { readonly subject: string; string(): string },
      ) => void
    },
  ): unknown
  closed(): Promise<unknown>
  close(): Promise<unknown>
}

// NATS takes a megabyte at once: in UTF-8 a character of ours has three bytes at most
const MAX_PART = 250_000
const MORE = "+"
const LAST = "."
/** Longer ones come from nobody of ours. */
const MAX_PACKET = 1 << 26

/** Each node speaks on a subject of its own, so that the parts of what is long belong together. */
export function natsWire(make: () => Promise<NatsConnection>, prefix: string): Wire {
  const mine = `${prefix}.${randomToken(9)}`

  async function open(
    hear: (packet: string) => void,
    fail: (error: unknown) => void,
    signal: AbortSignal,
  ): Promise<Session> {
    const connection = await make()
    const close = () => void connection.close().catch(() => {})
    if (signal.aborted) close()
    else signal.addEventListener("abort", close)
    connection.closed().then(() => fail(new Error("the connection to NATS is closed")), fail)
    const parts = new Map<string, string>()
    connection.subscribe(`${prefix}.*`, {
      callback(error, message) {
        if (error) return fail(error)
        const part = message.string()
        const text = (parts.get(message.subject) ?? "") + part.slice(1)
        parts.delete(message.subject)
        if (part.startsWith(LAST)) hear(text)
        else if (text.length <= MAX_PACKET) parts.set(message.subject, text)
      },
    })
    return {
      async publish(packet) {
        for (let at = 0, end = 0; at === 0 || at < packet.length; at = end) {
          end = cutAt(packet, at + MAX_PART)
          connection.publish(mine, (end < packet.length ? MORE : LAST) + packet.slice(at, end))
        }
        await connection.flush()
      },
    }
  }

  const isFatal = (error: unknown) => error instanceof Error && error.name === "AuthorizationError"
  return { name: "nats", open, isFatal }
}

/** Never between the two halves of a character, which would be no text. */
const cutAt = (text: string, end: number): number =>
  end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end - 1 : end

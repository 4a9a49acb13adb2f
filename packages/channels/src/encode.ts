import { NameTooLongError } from "./errors.ts"
import { jsonOf, type Payload } from "./payload.ts"

/** What goes to a client: text for JSON, binary for bytes. */
export type Encoding = string | Uint8Array

/** In bytes. */
export const sizeOf = (frame: Encoding): number =>
  typeof frame === "string" ? Buffer.byteLength(frame) : frame.byteLength

// The first byte of a binary frame
const PUSH = 0
const REPLY = 1
const BROADCAST = 2

/** A message of a channel to its client. */
export function encodePush(
  joinRef: string,
  topic: string,
  event: string,
  payload: Payload,
): Encoding {
  if (payload instanceof Uint8Array) return binary(PUSH, [joinRef, topic, event], payload)
  return text(joinRef, null, topic, event, jsonOf(payload))
}

/** The answer to one message of the client. */
export function encodeReply(
  joinRef: string | null,
  ref: string | null,
  topic: string,
  status: string,
  response: Payload,
): Encoding {
  if (response instanceof Uint8Array) {
    return binary(REPLY, [joinRef ?? "", ref ?? "", topic, status], response)
  }
  const payload = `{"status":${quoted(status)},"response":${jsonOf(response)}}`
  return text(joinRef, ref, topic, "phx_reply", payload)
}

/** A message to all that joined a topic: the same bytes for everyone. */
export function encodeBroadcast(topic: string, event: string, payload: Payload): Encoding {
  if (payload instanceof Uint8Array) return binary(BROADCAST, [topic, event], payload)
  return text(null, null, topic, event, jsonOf(payload))
}

/** The channel ended normally; its client does not join again. */
export const encodeClose = (joinRef: string, topic: string): string =>
  text(joinRef, joinRef, topic, "phx_close", "{}")

/** The channel failed; its client joins again. */
export const encodeError = (joinRef: string, topic: string): string =>
  text(joinRef, joinRef, topic, "phx_error", '{"reason":"channel_crash"}')

function text(
  joinRef: string | null,
  ref: string | null,
  topic: string,
  event: string,
  payload: string,
): string {
  return `[${quoted(joinRef)},${quoted(ref)},${quoted(topic)},${quoted(event)},${payload}]`
}

// Nothing to escape: so are nearly all names, and to see that takes half as long as to have them escaped
const plain = /^[\w:./-]*$/

const quoted = (name: string | null): string =>
  name !== null && plain.test(name) ? `"${name}"` : JSON.stringify(name)

function binary(kind: number, names: readonly string[], payload: Uint8Array): Uint8Array {
  const sizes = names.map((name) => Buffer.byteLength(name))
  for (const size of sizes) if (size > 255) throw new NameTooLongError(size)
  const head = Buffer.from([kind, ...sizes])
  return Buffer.concat([head, ...names.map((name) => Buffer.from(name)), payload])
}

import { MalformedFrameError } from "./errors.ts"

/** One message of the protocol, version 2. */
export interface Frame {
  readonly joinRef: string | null
  readonly ref: string | null
  readonly topic: string
  readonly event: string
  readonly payload: unknown
}

export interface FrameLimits {
  /** Characters of a ref, a topic, an event. */
  readonly name: number
  /** Arrays and objects within one another. */
  readonly depth: number
}

/**
 * Reads what a client sent.
 * @throws {MalformedFrameError} when it is not a frame, or goes beyond the limits.
 */
export function decodeFrame(data: string | Uint8Array, limits: FrameLimits): Frame {
  return typeof data === "string" ? decodeText(data, limits) : decodePush(data, limits)
}

function decodeText(text: string, limits: FrameLimits): Frame {
  if (isDeeperThan(limits.depth, text)) {
    throw new MalformedFrameError(`nested deeper than ${limits.depth}`)
  }
  const parts = parsed(text)
  if (!Array.isArray(parts) || parts.length < 5) {
    throw new MalformedFrameError("not an array of join_ref, ref, topic, event and payload")
  }
  // Further elements are ignored: the protocol may grow there
  const [joinRef, ref, topic, event, payload] = parts
  return {
    joinRef: optionalName("join_ref", joinRef, limits),
    ref: optionalName("ref", ref, limits),
    topic: name("topic", topic, limits),
    event: name("event", event, limits),
    payload,
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MalformedFrameError("not JSON", { cause })
  }
}

function name(part: string, value: unknown, limits: FrameLimits): string {
  if (typeof value !== "string") throw new MalformedFrameError(`${part} is not a string`)
  if (value.length > limits.name) {
    throw new MalformedFrameError(`${part} is longer than ${limits.name} characters`)
  }
  return value
}

const optionalName = (part: string, value: unknown, limits: FrameLimits): string | null =>
  value === null ? null : name(part, value, limits)

/** Counts brackets without building anything: what follows, here and in an app, may recurse over the value. */
function isDeeperThan(limit: number, json: string): boolean {
  // A closed bracket needs a second character
  if (json.length < 2 * limit) return false
  let depth = 0
  let quoted = false
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (quoted) {
      if (code === BACKSLASH) at++
      else if (code === QUOTE) quoted = false
    } else if (code === QUOTE) quoted = true
    else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
      if (++depth > limit) return true
    } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) depth--
  }
  return false
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** `0 | lengths of join_ref, ref, topic, event | those four | payload`: the only binary frame that goes up. */
function decodePush(bytes: Uint8Array, limits: FrameLimits): Frame {
  if (bytes.length < 5) throw new MalformedFrameError("a binary frame without its head")
  if (bytes[0] !== 0) throw new MalformedFrameError("not the binary frame of a push")
  let at = 5
  const next = (part: string, index: number): string => {
    const end = at + (bytes[index] ?? 0)
    if (end > bytes.length) throw new MalformedFrameError(`the frame ends within its ${part}`)
    const text = decoded(part, bytes.subarray(at, end))
    at = end
    return name(part, text, limits)
  }
  const joinRef = next("join_ref", 1)
  const ref = next("ref", 2)
  const topic = next("topic", 3)
  const event = next("event", 4)
  // A length of zero is how this layout says null
  return { joinRef: joinRef || null, ref: ref || null, topic, event, payload: bytes.subarray(at) }
}

function decoded(part: string, bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new MalformedFrameError(`${part} is not UTF-8`, { cause })
  }
}

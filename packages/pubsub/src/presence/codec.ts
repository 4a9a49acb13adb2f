import type { Delta, Entry, Meta } from "./entry.ts"
import type { Known, Message } from "./message.ts"

/** A message as text, without names: most of what is sent are entries. */
export function encodeMessage(message: Message): string {
  if (message.kind === "beat") {
    const { from, beat, version, delta, known } = message
    return JSON.stringify([
      "beat",
      from,
      beat,
      version,
      delta && flat(delta),
      known.map((one) => [one.replica, one.version, one.beat]),
    ])
  }
  if (message.kind === "ask") {
    const have = message.have.map(({ replica, version }) => [replica, version])
    return JSON.stringify(["ask", message.from, message.to, have])
  }
  if (message.kind === "give") return JSON.stringify(["give", message.to, message.deltas.map(flat)])
  return JSON.stringify(["bye", message.from, flat(message.delta), message.handOver])
}

const flat = ({ replica, from, to, adds, removes }: Delta) => [
  replica,
  from,
  to,
  adds.map(({ clock, topic, key, meta }) => [clock, topic, key, meta]),
  removes,
]

/** Thrown for a text that is no message of ours: another version of it, perhaps. */
class Unreadable extends Error {}

/** @throws for what is no message. */
export function decodeMessage(text: string): Message {
  const [kind, ...parts] = list(JSON.parse(text))
  const [first, second, third, fourth, fifth] = parts
  if (kind === "beat") {
    return {
      kind,
      from: string(first),
      beat: count(second),
      version: count(third),
      delta: fourth === null ? null : delta(fourth),
      known: list(fifth).map(known),
    }
  }
  if (kind === "ask") {
    const have = list(third).map((one) => {
      const [replica, version] = list(one)
      return { replica: string(replica), version: count(version) }
    })
    return { kind, from: string(first), to: string(second), have }
  }
  if (kind === "give") return { kind, to: string(first), deltas: list(second).map(delta) }
  if (kind === "bye")
    return { kind, from: string(first), delta: delta(second), handOver: count(third) }
  throw new Unreadable("no message of this presence")
}

function delta(value: unknown): Delta {
  const [replica, from, to, adds, removes] = list(value)
  return {
    replica: string(replica),
    from: count(from),
    to: count(to),
    adds: list(adds).map(entry),
    removes: list(removes).map(count),
  }
}

function entry(value: unknown): Entry {
  const [clock, topic, key, given] = list(value)
  return { clock: count(clock), topic: string(topic), key: string(key), meta: meta(given) }
}

function meta(value: unknown): Meta {
  if (typeof value !== "object" || value === null || !("phx_ref" in value))
    throw new Unreadable("a meta has a reference")
  string(value.phx_ref)
  // an object with a reference that is text is all that a meta has to be
  return value as Meta
}

function known(value: unknown): Known {
  const [replica, version, beat] = list(value)
  return { replica: string(replica), version: count(version), beat: count(beat) }
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Unreadable("not a list")
  return value
}

function string(value: unknown): string {
  if (typeof value !== "string") throw new Unreadable("not a text")
  return value
}

function count(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value
  throw new Unreadable("not a count")
}

/** A message on its way to other nodes. */
export interface Outgoing {
  readonly topic: string
  readonly message: string
}

/** Some messages of one node, numbered without a hole from `first`. One without messages says how far the node is. */
export interface Packet {
  /** The node's id from its start to its end: its numbers begin anew with a new one. */
  readonly publisher: string
  readonly first: number
  readonly messages: readonly Outgoing[]
}

/** `publisher first\n`, then for each message `length:length:topic message`; the lengths are JavaScript's. */
export function encodePacket(
  publisher: string,
  first: number,
  messages: readonly Outgoing[],
): string {
  let text = `${publisher} ${first}\n`
  for (const { topic, message } of messages) {
    text += `${topic.length}:${message.length}:${topic}${message}`
  }
  return text
}

/** What only its own sender reads: it says that a way is open, and no number, since it may overtake packets on another way. */
export const encodeProbe = (publisher: string): string => `${publisher} ?\n`

/** Whose probe a text is, or null for one that is none. */
export function proberOf(text: string): string | null {
  const space = text.indexOf(" ")
  return space > 0 && text.slice(space) === " ?\n" ? text.slice(0, space) : null
}

/** The packet, or null for a text that none of us has written. */
export function decodePacket(text: string): Packet | null {
  const end = text.indexOf("\n")
  const space = text.indexOf(" ")
  if (space < 1 || space > end) return null
  const first = Number(text.slice(space + 1, end))
  if (!Number.isSafeInteger(first) || first < 1) return null
  const messages: Outgoing[] = []
  let at = end + 1
  while (at < text.length) {
    const colon = text.indexOf(":", at)
    const second = text.indexOf(":", colon + 1)
    if (colon < 0 || second < 0) return null
    const topicEnd = second + 1 + Number(text.slice(at, colon))
    const next = topicEnd + Number(text.slice(colon + 1, second))
    if (!(topicEnd > second && next >= topicEnd && next <= text.length)) return null
    messages.push({ topic: text.slice(second + 1, topicEnd), message: text.slice(topicEnd, next) })
    at = next
  }
  return { publisher: text.slice(0, space), first, messages }
}

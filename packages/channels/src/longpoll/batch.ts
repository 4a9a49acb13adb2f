/** What one line, or one whole body, says. */
export type Message = string | Uint8Array

/**
 * The messages of a body in `application/x-ndjson`, in order.
 * @param limit Lines to look at; with more there is nothing to be had.
 * @returns `null` when there are more.
 */
export function messagesOf(body: string, limit: number): readonly Message[] | null {
  const messages: Message[] = []
  let lines = 0
  for (let start = 0; start < body.length; lines++) {
    if (lines === limit) return null
    const newline = body.indexOf("\n", start)
    const end = newline === -1 ? body.length : newline
    const line = body.slice(start, body[end - 1] === "\r" ? end - 1 : end)
    if (line !== "") messages.push(messageOf(line))
    start = end + 1
  }
  return messages
}

/** A line that is neither JSON nor base64 stays text, which no frame is. */
function messageOf(line: string): Message {
  const isBytes = !line.startsWith("[") && line.length % 4 === 0 && BASE64.test(line)
  return isBytes ? Buffer.from(line, "base64") : line
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

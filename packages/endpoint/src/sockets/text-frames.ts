/**
 * Makes WebSocket frames of texts. A broadcast is the same string for one socket after another, so the last frame is
 * kept: it is encoded once, and leaves as one piece.
 */
export class TextFrames {
  #text = ""
  #frame = textFrame("")

  of(text: string): Buffer {
    // for two strings that are one, this compares nothing else
    if (text !== this.#text) {
      this.#text = text
      this.#frame = textFrame(text)
    }
    return this.#frame
  }
}

// RFC 6455 §5.2: all of a text, which a server does not mask
const WHOLE_TEXT = 0x81

function textFrame(text: string): Buffer {
  const size = Buffer.byteLength(text)
  const head = size < 126 ? 2 : size < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(head + size)
  frame[0] = WHOLE_TEXT
  frame[1] = head === 2 ? size : head === 4 ? 126 : 127
  if (head === 4) frame.writeUInt16BE(size, 2)
  else if (head === 10) frame.writeBigUInt64BE(BigInt(size), 2)
  frame.write(text, head)
  return frame
}

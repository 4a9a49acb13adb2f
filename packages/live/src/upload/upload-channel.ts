import type { Answer, ChannelHandler, Joined, Joining, JoinRefused } from "@bennu/channels"
import { parentOf } from "../nested/families.ts"
import { uploadRefused } from "../telemetry.ts"
import type { Tokens } from "../tokens.ts"
import { isRecord } from "../view/client-message.ts"
import type { DeclaredUpload } from "./declared-upload.ts"
import { Transfer } from "./transfer.ts"
import type { ViewUploads } from "./view-uploads.ts"

// What stands before the bytes of a chunk: refs, the topic, the name of the event.
const HEAD_BYTES = 1024
const FRAME_BYTES = 65_536
// A page that sends a thousand files has its hands full: the next chunk of this one may take so many times what one chunk may.
const PATIENCE = 10
// One chunk is on its way at a time: the next one is sent when this one is answered.
const CHUNKS_PER_SECOND = 10_000

/** The channels in which files come: topics `lvu:` and the number of the file in its page. Only the token tells which it is. */
export function uploadChannel(tokens: Tokens, uploads: readonly DeclaredUpload[]): ChannelHandler {
  const chunks = uploads.map(({ chunkSize }) => chunkSize + HEAD_BYTES)
  return {
    limits: {
      frameBytes: Math.max(FRAME_BYTES, ...chunks),
      eventsPerSecond: CHUNKS_PER_SECOND,
      expected: true,
    },
    async join(joining) {
      const { payload, request } = joining
      const claims = tokens.readUpload(isRecord(payload) ? payload["token"] : null)
      const parent = claims && parentOf(request, claims.instance)
      if (!claims || !parent || typeof parent === "string") return refuse("invalid_token")
      const { uploads } = parent.process
      const transfer = await uploads.begin(claims.upload, claims.entry)
      return transfer instanceof Transfer ? receiving(joining, uploads, transfer) : refuse(transfer)
    },
  }
}

function refuse(reason: string): JoinRefused {
  uploadRefused.emit(() => ({ reason }))
  return { error: { reason } }
}

function receiving(joining: Joining, uploads: ViewUploads, transfer: Transfer): Joined {
  const close = joining.close
  transfer.onEnd = close
  const { chunkTimeout } = transfer.declared
  const late = setTimeout(close, PATIENCE * chunkTimeout)
  let over = false

  async function receive(bytes: Uint8Array, reply: Answer): Promise<void> {
    const written = await transfer.write(bytes)
    if (!over) late.refresh()
    if (written.ok) {
      reply("ok", {})
      // the file is there: nothing more comes
      if (written.complete) close()
    } else if (written.error) {
      reply("error", { reason: "writer_error" })
      uploads.fail(transfer, written.error)
    } else {
      reply("error", { reason: "file_size_limit_exceeded", limit: transfer.entry.clientSize })
      close()
    }
  }

  return {
    // not waited for: a page that sends more than it is asked for is refused, and nothing of it is kept
    message(event, payload, reply) {
      if (event !== "chunk" || !(payload instanceof Uint8Array))
        return reply("error", { reason: "unsupported" })
      void receive(payload, reply)
    },
    terminate(reason) {
      over = true
      clearTimeout(late)
      // its page was too busy to hear that it had joined, and asks again
      if (reason === "rejoined" && transfer.received === 0) uploads.again(transfer)
      else uploads.left(transfer)
    },
  }
}

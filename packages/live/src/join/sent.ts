import { type Encoded, encoded } from "@bennu/channels"
import { encodeFrame } from "../diff/spliced.ts"
import { frameSent } from "../telemetry.ts"

/** What goes to a view's page, encoded; telemetry is told how much it is. */
export function sent(view: string, payload: object): Encoded {
  const json = encodeFrame(payload)
  frameSent.emit(() => ({ view, bytes: Buffer.byteLength(json) }))
  return encoded(json)
}

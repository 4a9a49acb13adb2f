import { decodeForm } from "@bennu/plug/parsers"
import type { RefusedReason } from "../telemetry.ts"

/** An event as a handler may get it, once its schema agrees. */
export interface DecodedEvent {
  readonly name: string
  readonly value: unknown
  /** The number of the live component that it is meant for; null for the view. */
  readonly cid: unknown
  /** The files that are chosen in its form. */
  readonly uploads: unknown
}
export type Decoded =
  | { readonly ok: true; readonly event: DecodedEvent }
  | { readonly ok: false; readonly name: string; readonly reason: RefusedReason }

/** A plain object of JSON. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** `u[tags][]` is `["u", "tags"]`. */
function targetPath(target: string): string[] {
  return target
    .split("[")
    .map((part) => (part.endsWith("]") ? part.slice(0, -1) : part))
    .filter((part) => part !== "")
}

/** The fields of a form, with what the page says about them: on a conflict the page's word counts. */
function formValue(text: string, meta: unknown): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = Object.assign(Object.create(null), decodeForm(text))
  if (isRecord(meta)) for (const [name, value] of Object.entries(meta)) fields[name] = value
  const target = fields["_target"]
  if (typeof target === "string") fields["_target"] = targetPath(target)
  return fields
}

/** What the page pushed as an `event`, if it is one. */
export function decodeEvent(payload: unknown): Decoded {
  if (!isRecord(payload) || typeof payload["event"] !== "string") {
    return { ok: false, name: "", reason: "malformed" }
  }
  const { event: name, type, value, meta, cid = null, uploads } = payload
  if (type !== "form") return { ok: true, event: { name, value, cid, uploads: null } }
  if (typeof value !== "string") return { ok: false, name, reason: "malformed" }
  try {
    return { ok: true, event: { name, value: formValue(value, meta), cid, uploads } }
  } catch {
    // more fields, or deeper ones, than any form of ours has
    return { ok: false, name, reason: "malformed" }
  }
}

/** The numbers of components in a message about them; what is none is left out. */
export function cidsOf(payload: unknown): readonly number[] {
  const cids = isRecord(payload) ? payload["cids"] : null
  return Array.isArray(cids) ? cids.filter((cid) => Number.isSafeInteger(cid)) : []
}

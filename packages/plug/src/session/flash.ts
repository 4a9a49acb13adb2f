import type { BareConn } from "../conn.ts"
import type { Reply } from "../reply.ts"
import { sessionOf } from "./state.ts"

/** What a visitor is told once, on the next page. */
export type Flash = Readonly<Partial<Record<"info" | "error", string>>>

const flashKey: unique symbol = Symbol("flash")
const STORED = "_flash"

/** The messages to show on this page. Reading them takes them out of the session, so that they are shown once. */
export function flashOf(conn: BareConn): Flash {
  const known = conn.private.get(flashKey)
  // only this module writes it
  if (known !== undefined) return known as Flash
  const session = sessionOf(conn)
  const flash = messages(session.get(STORED))
  // a joining live view cannot set a cookie; the page that it belongs to has taken them
  if (conn.transport === "http") session.delete(STORED)
  conn.private.set(flashKey, flash)
  return flash
}

/** Shows a message on the page that this request answers with, or on the one that it redirects to. */
export function putFlash(conn: BareConn, kind: keyof Flash, message: string): void {
  conn.private.set(flashKey, { ...flashOf(conn), [kind]: message })
}

/** Carries messages over a redirect. @internal */
export function keepFlash(conn: BareConn, answer: Response | Reply): void {
  const flash = conn.private.get(flashKey)
  if (flash === undefined || answer.status < 300 || answer.status > 399) return
  if (Object.keys(flash as Flash).length > 0) sessionOf(conn).put(STORED, flash)
}

function messages(stored: unknown): Flash {
  if (typeof stored !== "object" || stored === null) return {}
  const flash: { info?: string; error?: string } = {}
  if ("info" in stored && typeof stored.info === "string") flash.info = stored.info
  if ("error" in stored && typeof stored.error === "string") flash.error = stored.error
  return flash
}

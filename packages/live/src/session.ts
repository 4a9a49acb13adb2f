import {
  type BareConn,
  csrfTokenOf,
  type Flash,
  flashOf,
  NoSessionError,
  sessionOf,
} from "@bennu/plug"

/** What a session gives, or what stands for it where there is none. */
function orElse<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof NoSessionError) return otherwise
    throw error
  }
}

/** For forms that are posted; empty without a session to belong to. */
export const pageToken = (conn: BareConn): string => orElse(() => csrfTokenOf(conn), "")

/** What the visitor is told on this page; without a session there is nothing to tell. */
export const sessionFlash = (conn: BareConn): Flash => orElse(() => flashOf(conn), {})

/** Whose session a joining page came with; null without one. */
export const visitorOf = (conn: BareConn): string | null => orElse(() => sessionOf(conn).id, null)

/** Whether the session that came knows of any page that was answered with it; a browser that keeps none sends one that is new. */
export function remembersPage(conn: BareConn): boolean {
  // it is written to when it has nothing that tokens are made of yet
  pageToken(conn)
  return !orElse(() => sessionOf(conn).changed, false)
}

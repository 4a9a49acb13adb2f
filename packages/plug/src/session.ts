export {
  type CookieSessions,
  cookieSessions,
  type OpenSession,
  type Session,
  type SessionOptions,
} from "./session/cookie-session.ts"
export { type Flash, flashOf, putFlash } from "./session/flash.ts"
export { session } from "./session/plug.ts"
export { sessionOf } from "./session/state.ts"

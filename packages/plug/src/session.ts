export {
  type CookieSessions,
  cookieSessions,
  type KeptSession,
  type OpenSession,
  type Session,
  type SessionOptions,
  type Sessions,
} from "./session/cookie-session.ts"
export { type Flash, flashOf, putFlash } from "./session/flash.ts"
export { session } from "./session/plug.ts"
export { sessionOf } from "./session/state.ts"
export { type StoreSessionOptions, storeSessions } from "./session/store-session.ts"

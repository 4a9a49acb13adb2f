export {
  type ActionHandler,
  type ActionSchemas,
  action,
  type BodySchemas,
  type Declares,
  type Input,
} from "./action.ts"
export { type App, type AppOptions, app } from "./app.ts"
export {
  type Assigned,
  type BareConn,
  type Conn,
  type ConnOptions,
  createConn,
} from "./conn.ts"
export {
  type CookieAttributes,
  MAX_COOKIE_BYTES,
  parseCookies,
  serializeCookie,
} from "./cookies.ts"
export { connectedWith, type ForgeryOptions, protectFromForgery } from "./csrf/plug.ts"
export { csrfTokenOf } from "./csrf/token.ts"
export {
  type BodyFormat,
  type Declaration,
  type DeclaredAnswer,
  type Documentation,
  declaration,
  declarationOf,
} from "./declaration.ts"
export {
  type DispatchOptions,
  dispatch,
  dispatcher,
  type RequestFailed,
  requestFailed,
  route,
} from "./dispatch.ts"
export type { ErrorPage } from "./error-page.ts"
export {
  CookieError,
  CorsError,
  ForgeryError,
  HeaderError,
  InvalidRequestError,
  LiveCookieError,
  MalformedError,
  MethodNotAllowedError,
  NoAnswerError,
  NoSessionError,
  NotAcceptableError,
  NotFoundError,
  PathError,
  PayloadTooLargeError,
  RateLimitedError,
  RedirectError,
  ResponseSchemaError,
  ReturnedError,
  SessionConflictError,
  SessionSizeError,
  TargetTooLongError,
  UnsupportedMediaTypeError,
} from "./errors.ts"
export type { Failure } from "./failure.ts"
export {
  type ErrorAnswer,
  type ErrorAnswers,
  type ErrorName,
  type Fallback,
  fallback,
  type Invalid,
  type ResultAnswers,
  respond,
} from "./fallback.ts"
export { FileBody } from "./file-body.ts"
export { type ForceHttpsOptions, forceHttps } from "./force-https.ts"
export { secureHeaders } from "./headers/plug.ts"
export { type ExternalRedirect, isLocal } from "./local-redirect.ts"
export { methodOverride } from "./method-override.ts"
export { accepts, type Format, formatOf, negotiate } from "./negotiation.ts"
export { nonceOf, pinNonce } from "./nonce.ts"
export { only } from "./only.ts"
export { type Layout, layoutOf, type Page, type PageParts } from "./page.ts"
export type { FormValue, FormValues } from "./parsers/form.ts"
export type { MultipartLimits, MultipartValue, MultipartValues } from "./parsers/multipart.ts"
export { Upload } from "./parsers/upload.ts"
export {
  type AddsOf,
  type Answer,
  type AnyPlug,
  type Pipeline,
  type Plug,
  pipeline,
} from "./plug.ts"
export { type RenderOptions, render, type Views } from "./render.ts"
export { type HeaderPairs, Reply, type ReplyBody } from "./reply.ts"
export { type RequestIdOptions, requestId, requestIdOf, setRequestId } from "./request-id.ts"
export { type ResourceHandlers, resources } from "./resources.ts"
export { toResponse } from "./response.ts"
export type { ResolvedRouteLimits, RouteLimits } from "./route-limits.ts"
export {
  del,
  get,
  type Handler,
  limitsOf,
  match,
  patch,
  post,
  put,
  type ScopeMeta,
  type ScopeOptions,
  scope,
  scopeOf,
} from "./routes.ts"
export type { SendFileOptions } from "./send-file.ts"
export type { KeptSession, Session, SessionOptions, Sessions } from "./session/cookie-session.ts"
export { type Flash, flashOf, putFlash } from "./session/flash.ts"
export { session } from "./session/plug.ts"
export { sessionOf } from "./session/state.ts"
export { type StoreSessionOptions, storeSessions } from "./session/store-session.ts"
export { type BodyBounds, requestSource, type Source } from "./source.ts"
export { type StreamPageOptions, streamPage } from "./stream-page.ts"

export { type Endpoint, endpoint } from "./endpoint.ts"
export { BodyTimeoutError, BodyTooSlowError, ClientGoneError, ListenError } from "./errors.ts"
export { type FetchEndpointOptions, fetchEndpoint } from "./fetch-endpoint.ts"
export type { Fetch } from "./http/fetch-adapter.ts"
export type { HealthOptions } from "./http/health.ts"
export type { TlsOptions } from "./http/server.ts"
export type { EndpointLimits } from "./limits.ts"
export type { DrainOptions, EndpointOptions } from "./options.ts"
export { type LiveReload, type LiveReloadOptions, liveReload } from "./reload/live-reload.ts"
export {
  type AnswerFailed,
  answerFailed,
  type RequestRefused,
  requestFinished,
  requestRefused,
  type ServerFailed,
  type SocketFailed,
  serverFailed,
  socketFailed,
} from "./telemetry.ts"

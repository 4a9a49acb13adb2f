import { type Event, event, type Finished, finished } from "@bennu/telemetry"

/** The span around each request, and the event that tells of it when it ends. */
export const REQUEST = "bennu.endpoint.request"

/** Tells of each request when its answer was handed to the network: method, path, status, id. */
export const requestFinished: Event<Finished> = finished(REQUEST)

/** A request that got no further than the endpoint. */
export interface RequestRefused {
  readonly status: number
  readonly reason: string
  readonly remoteAddress: string | null
}
/** Tells of each request that broke a limit or a rule of HTTP which we see ourselves. */
export const requestRefused: Event<RequestRefused> = event("bennu.endpoint.request.refused")

/** An answer that could not be written to its end. */
export interface AnswerFailed {
  readonly id: string
  readonly error: unknown
}
/** Tells of each answer that broke off: its stream failed, or it could not be written at all. */
export const answerFailed: Event<AnswerFailed> = event("bennu.endpoint.answer.failed")

/** Something went wrong on a socket. */
export interface SocketFailed {
  readonly protocol: string
  readonly error: unknown
}
/** Tells of broken frames and of handlers that threw. */
export const socketFailed: Event<SocketFailed> = event("bennu.endpoint.socket.failed")

/** The server itself failed, and went on. */
export interface ServerFailed {
  readonly error: unknown
}
/** Tells of failures that belong to no request, such as a connection that could not be accepted. */
export const serverFailed: Event<ServerFailed> = event("bennu.endpoint.server.failed")

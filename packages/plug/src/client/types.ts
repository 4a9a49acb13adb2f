import type { Address, AnyResourcePaths, PathValue } from "@bennu/router"
import type { Declares } from "../action.ts"

/** RFC 9457, as this app's routes answer it. `C` are the codes of the errors that the route declares; there may be others. */
export interface Problem<C = string> {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: C | Other
  readonly detail?: string | undefined
  /** What a schema or a changeset said, part by part. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[] | undefined
  /** Names this failure in the server's logs. */
  readonly reference?: string | undefined
}
// keeps the declared codes in sight of editors
type Other = string & {}

/** An answer that is no success: switch on `code` or `status`. */
export interface Refusal<C = string> {
  readonly status: number
  /** That of the problem, or `null` where the answer was something else. */
  readonly code: C | Other | null
  readonly problem: Problem<C> | null
  /** What came, read as JSON or as text. */
  readonly body: unknown
  readonly headers: Headers
}

/** What any request may say beside what its route asks for. */
export interface AskOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
}

/** How JSON brings a value over: a `Date` arrives as text. */
export type Sent<T> = T extends Plain
  ? T
  : T extends { toJSON(): infer J }
    ? J
    : unknown extends T
      ? T
      : { readonly [K in keyof T]: Sent<T[K]> }
type Plain = string | number | boolean | null | undefined

type QueryPart<Q> = {} extends Q ? { readonly query?: Q | undefined } : { readonly query: Q }
/** What a call takes: what the path names and the action asks for. */
export type Ask<P, Q, B> =
  P extends Address<infer N, never, infer L, infer OwnQ>
    ? AskOptions &
        (unknown extends B
          ? { readonly body?: unknown }
          : { readonly body: B | FormData | URLSearchParams }) &
        ([N] extends [never]
          ? unknown
          : { readonly params: { readonly [K in N]: K extends keyof L ? L[K] : PathValue } }) &
        QueryPart<unknown extends Q ? OwnQ : Q>
    : never

/**
 * Asks one route. A handler that declares nothing takes what its path names, and answers with anything. Of a resource it is
 * one for each action.
 */
export type Call<P, H> =
  H extends Declares<infer Q, infer B, infer T, infer E>
    ? (...args: Arguments<Ask<P, Q, B>>) => Promise<Answered<T, E>>
    : P extends AnyResourcePaths
      ? Client<H, P>
      : (...args: Arguments<Ask<P, unknown, unknown>>) => Promise<Answered<unknown, never>>

type Arguments<A> = {} extends A ? [ask?: A] : [ask: A]
type Answered<T, E> =
  | { readonly ok: true; readonly value: Sent<T> }
  | { readonly ok: false; readonly error: Refusal<E> }

/** A function for each name that the table of paths and that of the handlers have in common. */
export type Client<A, P> = { readonly [K in keyof A & keyof P]: Call<P[K], A[K]> }

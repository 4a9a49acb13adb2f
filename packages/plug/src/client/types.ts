import type { Result } from "@bennu/core"
import type { Address, Verb } from "@bennu/router"
import type { Declares } from "../action.ts"

/** RFC 9457, as this app's routes answer it. `C` are the codes of the errors that the route declares; there may be others. */
export interface Problem<C extends string = string> {
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
export interface Refusal<C extends string = string> {
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
export type Sent<T> = unknown extends T
  ? unknown
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends { toJSON(): infer J }
      ? Sent<J>
      : T extends readonly (infer E)[]
        ? readonly Sent<E>[]
        : T extends object
          ? { readonly [K in keyof T]: Sent<T[K]> }
          : never

/** What a path can be linked to with, which is what a request is made of. */
export type AnyAddress = ((...args: never) => string) & {
  readonly pattern: string
  readonly verb?: Verb | undefined
}

type BodyPart<B> = unknown extends B
  ? { readonly body?: unknown }
  : { readonly body: B | FormData | URLSearchParams }
type QueryPart<Q> = {} extends Q ? { readonly query?: Q | undefined } : { readonly query: Q }
type ParamsPart<P, N extends string, L> = [N] extends [never]
  ? unknown
  : P extends (params: infer A, ...rest: never) => string
    ? { readonly params: A }
    : L

/** What a call takes: what the path names and the action asks for. */
export type Ask<P, Q, B> = AskOptions & BodyPart<B> & PathParts<P, Q>

type PathParts<P, Q> =
  P extends Address<infer N, infer _V, infer L, infer OwnQ>
    ? ParamsPart<P, N, L> & QueryPart<unknown extends Q ? OwnQ : Q>
    : unknown

/** Asks one route. */
export type Call<P, H> =
  H extends Declares<infer Q, infer B, infer T, infer E>
    ? CallOf<Ask<P, Q, B>, T, E>
    : CallOf<Ask<P, unknown, unknown>, unknown, never>

type CallOf<A, T, E> = (
  ...args: {} extends A ? [ask?: A] : [ask: A]
) => Promise<Result<Sent<T>, Refusal<E & string>>>

/** A function for each name that the table of paths and that of the handlers have in common. */
export type Client<A, P> = { readonly [K in keyof A & keyof P]: Call<P[K], A[K]> }

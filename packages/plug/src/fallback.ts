import type { Issue, Result } from "@bennu/core"
import type { BareConn } from "./conn.ts"
import { withAnswers } from "./declaration.ts"
import { ReturnedError } from "./errors.ts"
import type { Answer } from "./plug.ts"
import { show, type Views } from "./render.ts"

/** What says what is wrong, and where, without a code of its own: a changeset. */
export interface Invalid {
  readonly errors: readonly Issue[]
}

/**
 * What an error is called in a fallback: a text by itself, what has a `code` by that, and a changeset `invalid`.
 */
export type ErrorName<E> = E extends string
  ? E
  : E extends { readonly code: infer C extends string }
    ? C
    : E extends Invalid
      ? "invalid"
      : "an error needs a code"

type Named<E, Name> = E extends unknown ? (ErrorName<E> extends Name ? E : never) : never

/**
 * How one error is answered: by a status with the error page, or problem+json, of it; by views; or by a function that
 * makes an answer.
 */
export type ErrorAnswer<E, C extends BareConn = BareConn> =
  | number
  | ((error: E, conn: C) => Answer)
  | (Views<E, C> & { readonly status: number })

/** An answer for every error that `E` names. */
export type ErrorAnswers<E, C extends BareConn = BareConn> = [E] extends [never]
  ? { readonly [name: string]: ErrorAnswer<never, C> }
  : { readonly [Name in ErrorName<E>]: ErrorAnswer<Named<E, Name>, C> }

/** Answers with an error that a context returned. One for more errors fits where fewer may come. */
export type Fallback<E, C extends BareConn = BareConn> = (error: E, conn: C) => Answer

/**
 * Says once how an app answers the errors that its contexts return. It is exhaustive: an error that is
 * declared and has no answer does not compile.
 * @example fallback<Changeset | "not_found">({ invalid: 422, not_found: 404 })
 */
export function fallback<E, C extends BareConn = BareConn>(
  answers: ErrorAnswers<E, C>,
): Fallback<E, C> {
  const byName = new Map(Object.entries<ErrorAnswer<never, C>>(answers))
  const answerTo: Fallback<E, C> = (error, conn) => {
    const name = nameOf(error)
    const answer = byName.get(name)
    // the types allow no other; what is not theirs is a fault of ours
    if (answer === undefined) throw returned(error, name, 500)
    if (typeof answer === "number") throw returned(error, name, answer)
    // an answer stands under the name of the errors that it takes
    const named = error as never
    if (typeof answer === "function") return answer(named, conn)
    const { status, ...views } = answer
    // what is left of it without the status
    return show(conn, named, views as Views<never, C>, { status })
  }
  return withAnswers(answerTo, answers)
}

function nameOf(error: unknown): string {
  if (typeof error === "string") return error
  if (typeof error !== "object" || error === null) return String(error)
  if ("code" in error && typeof error.code === "string") return error.code
  return "errors" in error && Array.isArray(error.errors) ? "invalid" : "unknown"
}

function returned(error: unknown, name: string, status: number): ReturnedError {
  const isObject = typeof error === "object" && error !== null
  const issues: readonly Issue[] =
    isObject && "errors" in error && Array.isArray(error.errors) ? error.errors : []
  const told = isObject && "message" in error && typeof error.message === "string"
  const message = told ? String(error.message) : name.replaceAll("_", " ")
  return new ReturnedError(name, status, message, { cause: error, issues })
}

/** How an action answers with the `Result` of its handler: views of the value, and what to do with each error. */
export type ResultAnswers<T, E, C extends BareConn = BareConn, J = unknown> = Views<T, C, J> & {
  /** (200) */
  readonly status?: number | undefined
  /** A fallback that knows all of these errors, or answers for each of them. */
  readonly errors: Fallback<E, C> | ErrorAnswers<E, C>
}

/**
 * Answers with what a context returned, as an HTML page, JSON or more: whichever the client likes best.
 * @example respond(conn, await Todos.find(scope, id), { html: todoPage, json: (todo) => todo, errors })
 */
export function respond<T, E, C extends BareConn>(
  conn: C,
  result: Result<T, E>,
  answers: ResultAnswers<T, E, C>,
): Answer {
  const { errors, status, ...views } = answers
  // what is left of them without status and errors
  if (result.ok) return show(conn, result.value, views as Views<T, C>, { status })
  const answer = typeof errors === "function" ? errors : fallback<E, C>(errors)
  return answer(result.error, conn)
}

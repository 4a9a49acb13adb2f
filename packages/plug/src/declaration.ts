import type { StandardSchemaV1 } from "@bennu/core"

type Schema = StandardSchemaV1<unknown, unknown>

/** What a route is about, for whoever reads about it. */
export interface Documentation {
  readonly summary?: string | undefined
  /** CommonMark. */
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly deprecated?: boolean | undefined
  /** A name of its own (made of verb and pattern). */
  readonly operationId?: string | undefined
}

/** What a handler asks of requests and answers with, as data. */
export interface Declaration {
  readonly params?: Schema | undefined
  readonly query?: Schema | undefined
  readonly headers?: Schema | undefined
  readonly cookies?: Schema | undefined
  /** By form; a handler that takes a form takes it with files only where `multipart` is. */
  readonly body?: { readonly [format in BodyFormat]?: Schema | undefined } | undefined
  /** Status by status, the first is for what went well; `null` where only the request is declared. */
  readonly answers: readonly DeclaredAnswer[] | null
  readonly docs: Documentation
}
export type BodyFormat = "json" | "form" | "text" | "multipart"

/** One answer: its formats, with a schema where there is one. Without formats it is an error page, or problem+json. */
export interface DeclaredAnswer {
  readonly status: number
  readonly formats: ReadonlyMap<string, Schema | null> | null
  /** The error that is answered so. */
  readonly error?: string | undefined
}

/** Under it a handler keeps what it declares. */
export const declaration: unique symbol = Symbol.for("bennu.plug.declaration")
const shown: unique symbol = Symbol.for("bennu.plug.shown")
const answered: unique symbol = Symbol.for("bennu.plug.answered")

/** What a handler declares, or `null`. */
export function declarationOf(handler: object): Declaration | null {
  // only `withDeclaration` writes it
  return declaration in handler ? (handler[declaration] as Declaration) : null
}

/** @internal */
export const withDeclaration = <F extends object>(handler: F, declared: Declaration | null): F =>
  declared === null ? handler : Object.assign(handler, { [declaration]: declared })

/** Lets a view tell by which schema it shows. @internal */
export const withShown = <F extends object>(view: F, schema: Schema): F =>
  Object.assign(view, { [shown]: schema })

const shownBy = (view: unknown): Schema | null =>
  // only `withShown` writes it
  typeof view === "function" && shown in view ? (view[shown] as Schema) : null

/** Lets a fallback tell what it answers. @internal */
export const withAnswers = <F extends object>(fallback: F, answers: object): F =>
  Object.assign(fallback, { [answered]: answers })

/** Reads how an action answers the `Result` of its handler. @internal */
export function answersOf(answers: object): readonly DeclaredAnswer[] {
  const { errors, status, ...views } = answers as ReadAnswers
  const given = typeof errors === "function" && answered in errors ? errors[answered] : errors
  const byName = typeof given === "object" && given !== null ? Object.entries(given) : []
  return [
    { status: status ?? 200, formats: formatsOf(views) },
    ...byName.flatMap(([error, answer]) => errorAnswerOf(error, answer)),
  ]
}
// views, a status and what to do with errors: what `action` takes, whose types have been checked there
interface ReadAnswers {
  readonly errors?: unknown
  readonly status?: number | undefined
}

function errorAnswerOf(error: string, answer: unknown): DeclaredAnswer[] {
  if (typeof answer === "number") return [{ status: answer, formats: null, error }]
  // a function may answer with anything
  if (typeof answer !== "object" || answer === null || !("status" in answer)) return []
  const { status, ...views } = answer
  return [{ status: Number(status), formats: formatsOf(views), error }]
}

const formatsOf = (views: object): ReadonlyMap<string, Schema | null> =>
  new Map(
    Object.entries(views).flatMap(([format, view]) =>
      view === undefined ? [] : [[format, shownBy(view)] as const],
    ),
  )

import { type Awaitable, bare, type Result, type StandardSchemaV1, validate } from "@bennu/core"
import { andThen } from "./awaitable.ts"
import { type BareConn, type Conn, exchangeOf } from "./conn.ts"
import {
  answersOf,
  type BodyFormat,
  type Declaration,
  type Documentation,
  withDeclaration,
} from "./declaration.ts"
import { InvalidRequestError, UnsupportedMediaTypeError } from "./errors.ts"
import { type ErrorName, type ResultAnswers, respond } from "./fallback.ts"
import { named } from "./named.ts"
import { type BodyLimits, type ParsedBody, parsedBody } from "./parsers/body.ts"
import { parseMediaType } from "./parsers/media-type.ts"
import { type MultipartLimits, readMultipart, resolveMultipart } from "./parsers/multipart.ts"
import type { Answer } from "./plug.ts"
import { Reply } from "./reply.ts"

type Schema<Out> = StandardSchemaV1<unknown, Out>

/** A schema for each form that a body may come in; others are answered with 415. */
export interface BodySchemas<B, I = unknown> {
  readonly json?: StandardSchemaV1<I, B> | undefined
  readonly form?: Schema<B> | undefined
  readonly text?: Schema<B> | undefined
  /** A form with files, where `uploads` allows them (`form`). */
  readonly multipart?: Schema<B> | undefined
}

/** The parameters that a schema needs: those of a path are text, so it must be content with a string, or some. */
export type Needed<In> = {
  [K in keyof In & string]-?: {} extends Pick<In, K>
    ? never
    : string extends In[K]
      ? K
      : In[K] extends string
        ? K
        : `${K} must accept a string`
}[keyof In & string]

/** What an action asks of a request, part by part: any Standard Schema. What they do not name is dropped, if they drop it. */
export interface ActionSchemas<In, P, Q, B, H, C, QI = unknown, BI = unknown> {
  /** The path's parameters. */
  readonly params?: StandardSchemaV1<In, P>
  /** The query, decoded to nested values. */
  readonly query?: StandardSchemaV1<QI, Q>
  /** The body: JSON, a form, or text; or a schema for each of them. */
  readonly body?: StandardSchemaV1<BI, B> | BodySchemas<B, BI>
  /** Headers, their names in lower case. */
  readonly headers?: Schema<H>
  readonly cookies?: Schema<C>
  /** Bounds of the body. */
  readonly limits?: BodyLimits
  /**
   * Takes forms with files (`multipart/form-data`) as well, within these bounds. Files are `Upload`s in the body; they
   * are removed as soon as the handler has answered.
   */
  readonly uploads?: MultipartLimits | true | undefined
  /** What a description of the routes says of this one. */
  readonly docs?: Documentation | undefined
}

declare const declares: unique symbol

/**
 * What a handler asks and answers, in types only: for a typed client. `Q` is the query and `B` the body as they are sent,
 * `T` the answer as JSON, `E` the names of its errors.
 */
export interface Declares<out Q = unknown, out B = unknown, out T = unknown, out E = never> {
  /** @internal */
  readonly [declares]?: {
    readonly query: Q
    readonly body: B
    readonly answer: T
    readonly error: E
  }
}

/** Handles a route, and says what it declared. */
export interface ActionHandler<in A, out N extends string, out Q, out B, out T, out E>
  extends Declares<Q, B, T, E> {
  (conn: Conn<A, N>): Answer
}

/** What the schemas made of a request. */
export interface Input<P, Q, B, H, C> {
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly headers: H
  readonly cookies: C
}

// never for unknown: before TypeScript has looked into the handler, it lets every view pass
type ValueOf<R> = R extends { readonly ok: true; readonly value: infer T } ? Known<T> : never
type ErrorOf<R> = R extends { readonly ok: false; readonly error: infer E } ? Known<E> : never
type Known<T> = unknown extends T ? never : T

/** Takes a request whose parts are as the schemas say. */
type Action<A, In, P, Q, B, H, C, Out> = (
  conn: Conn<A, Needed<In>>,
  input: Input<P, Q, B, H, C>,
) => Out

/**
 * A handler that gets its input checked and typed. What does not fit is answered before the handler runs: 400, or 422
 * for a body, with what is wrong in it. Where the body has come already and the schemas need no promise, nothing waits.
 *
 * With `answers`, the handler returns the `Result` of a context, which they show in the format that the client likes best.
 * @example post(path.todos, action({ body: z.object({ title: z.string() }) }, (conn, { body }) => conn.json(body)))
 */
export function action<
  A,
  In = {},
  P = unknown,
  Q = unknown,
  B = unknown,
  H = unknown,
  C = unknown,
  QI = unknown,
  BI = unknown,
>(
  schemas: ActionSchemas<In, P, Q, B, H, C, QI, BI>,
  handler: Action<A, In, P, Q, B, H, C, Answer>,
): ActionHandler<A, Needed<In>, QI, BI, unknown, never>
export function action<
  A,
  R extends Result<unknown, unknown>,
  In = {},
  P = unknown,
  Q = unknown,
  B = unknown,
  H = unknown,
  C = unknown,
  QI = unknown,
  BI = unknown,
  J = unknown,
>(
  schemas: ActionSchemas<In, P, Q, B, H, C, QI, BI>,
  handler: Action<A, In, P, Q, B, H, C, Awaitable<R>>,
  answers: ResultAnswers<ValueOf<R>, ErrorOf<R>, Conn<A, Needed<In>>, J>,
): ActionHandler<A, Needed<In>, QI, BI, J, ErrorName<ErrorOf<R>>>
export function action(
  schemas: AnySchemas,
  handler: (conn: never, input: never) => Awaitable<unknown>,
  answers?: object,
): ActionHandler<{}, never, unknown, unknown, unknown, never> {
  // the overloads have checked that the handler takes what the schemas give, and `answers` what it returns
  const handle = handler as (
    conn: Conn,
    input: unknown,
  ) => Awaitable<Response | Reply | Result<unknown, unknown>>
  const shown = answers as ResultAnswers<unknown, unknown, Conn, unknown> | undefined
  const run = withInput<{}, unknown, unknown, unknown, unknown, unknown, unknown>(
    schemas,
    (conn, input) =>
      andThen(handle(conn, input), (returned) => {
        if (shown === undefined || Reply.is(returned) || returned instanceof Response)
          return returned as Response | Reply
        return respond(conn, returned, shown)
      }),
  )
  return withDeclaration(named(run, handler), declarationFrom(schemas, answers))
}

type AnySchemas = ActionSchemas<unknown, unknown, unknown, unknown, unknown, unknown>

function declarationFrom(schemas: AnySchemas, answers: object | undefined): Declaration {
  const { params, query, headers, cookies, body, uploads, docs = {} } = schemas
  const formats: readonly BodyFormat[] = ["json", "form", "text"]
  const all = uploads === undefined ? formats : [...formats, "multipart" as const]
  const byFormat =
    body === undefined ? [] : all.map((format) => [format, declaredFor(format, body)])
  return {
    ...{ params, query, headers, cookies, docs },
    body: body === undefined ? undefined : Object.fromEntries(byFormat),
    answers: answers === undefined ? null : answersOf(answers),
  }
}

/** One schema for all means values with names: text is not among them. */
function declaredFor(
  format: BodyFormat,
  body: NonNullable<AnySchemas["body"]>,
): Schema<unknown> | undefined {
  if ("~standard" in body) return format === "text" ? undefined : body
  return format === "multipart" ? (body.multipart ?? body.form) : body[format]
}

function withInput<A, In, P, Q, B, H, C>(
  schemas: ActionSchemas<In, P, Q, B, H, C>,
  handler: Action<A, In, P, Q, B, H, C, Answer>,
): (conn: Conn<A, Needed<In>>) => Answer {
  const { params, query, headers, cookies, body, limits } = schemas
  const uploads = schemas.uploads === undefined ? null : resolveMultipart(uploadLimits(schemas))
  const parts: readonly Part[] = [
    { name: "params", schema: params, read: (conn) => conn.params },
    { name: "query", schema: query, read: (conn) => conn.query },
    { name: "headers", schema: headers, read: (conn) => table(conn.headers) },
    { name: "cookies", schema: cookies, read: (conn) => table(conn.cookies) },
  ]
  const given = parts.filter(({ schema }) => schema !== undefined)
  return (conn) => {
    const input: Record<string, unknown> = {}
    const from = (index: number): Answer => {
      const part = given[index]
      if (part !== undefined) {
        return andThen(check(part.name, part.schema, part.read(conn)), (value) => {
          input[part.name] = value
          return from(index + 1)
        })
      }
      // each part is what its schema gave, and unknown without one
      if (body === undefined) return handler(conn, input as unknown as Input<P, Q, B, H, C>)
      const go = (value: unknown) => {
        input["body"] = value
        return handler(conn, input as unknown as Input<P, Q, B, H, C>)
      }
      if (uploads !== null && isMultipart(conn)) return withUploads(conn, body, uploads, go)
      return andThen(parsedBody(conn, limits), ({ format, value }) =>
        andThen(check("body", schemaFor(format, body), value), go),
      )
    }
    return from(0)
  }
}

interface Part {
  readonly name: string
  readonly schema: Schema<unknown> | undefined
  read(conn: Conn<unknown>): unknown
}

function check<T>(
  part: string,
  schema: Schema<T> | undefined,
  value: unknown,
): Awaitable<T | unknown> {
  if (schema === undefined) return value
  return andThen(validate(schema, value), (result) => {
    if (result.ok) return result.value
    throw new InvalidRequestError(part, result.error)
  })
}

/** Files are there while the handler runs, and not a moment longer, whatever becomes of it. */
async function withUploads<B>(
  conn: BareConn,
  schemas: Schema<B> | BodySchemas<B>,
  limits: MultipartLimits,
  go: (value: unknown) => Answer,
): Promise<Response | Reply> {
  const headers = { get: (name: string) => conn.header(name) }
  const { signal } = conn
  const { source, bounds } = exchangeOf(conn)
  await using form = await readMultipart({ headers, body: source.body(bounds), signal }, limits)
  const gone = () => void form[Symbol.asyncDispose]()
  signal.addEventListener("abort", gone, { once: true })
  try {
    return await go(await check("body", schemaFor("multipart", schemas), form.values))
  } finally {
    signal.removeEventListener("abort", gone)
  }
}

const isMultipart = (conn: BareConn): boolean =>
  parseMediaType(conn.header("content-type") ?? "")?.essence === "multipart/form-data"

const uploadLimits = ({
  uploads,
}: {
  readonly uploads?: MultipartLimits | true | undefined
}): MultipartLimits => (uploads === undefined || uploads === true ? {} : uploads)

function schemaFor<B>(
  format: ParsedBody["format"] | "multipart",
  schemas: Schema<B> | BodySchemas<B>,
): Schema<B> {
  if ("~standard" in schemas) return schemas
  const { json, form, text, multipart = form } = schemas
  const byFormat = { json, form, text, multipart, none: json ?? form ?? text }
  const schema = byFormat[format]
  if (schema !== undefined) return schema
  const known = Object.entries({ json, form, text }).flatMap(([name, one]) =>
    one === undefined ? [] : [name],
  )
  throw new UnsupportedMediaTypeError(`a ${format} body is not read here`, known)
}

/** A table without prototype: names from outside are only names. */
function table(pairs: Iterable<readonly [string, string]>): Readonly<Record<string, string>> {
  const record = bare<string>()
  for (const [name, value] of pairs) record[name] = value
  return record
}

import { createReadStream } from "node:fs"
import { Readable } from "node:stream"
import { NoAnswerError } from "./errors.ts"
import { FileBody } from "./file-body.ts"
import { type HeaderPairs, Reply, type ReplyBody } from "./reply.ts"

/** Whether a handler said anything: types can be circumvented. */
export const isAnswer = (answer: unknown): answer is Response | Reply =>
  Reply.is(answer) || answer instanceof Response

/** What a handler said, or the error that says that it said nothing. */
export function checkedAnswer(answer: Response | Reply): Response | Reply {
  if (isAnswer(answer)) return answer
  throw new NoAnswerError(answer)
}

/** Makes the `Response` that a `Reply` stands for. */
export function toResponse(answer: Response | Reply): Response {
  if (answer instanceof Response) return answer
  const headers = new Headers()
  for (const [name, value] of answer.headers) headers.append(name, value)
  const empty = answer.status === 204 || answer.status === 205 || answer.status === 304
  return new Response(empty ? null : bodyOf(answer.body), { status: answer.status, headers })
}

function bodyOf(body: ReplyBody): ConstructorParameters<typeof Response>[0] {
  // @types/node wants bytes over an ArrayBuffer that is not shared; Response takes any
  if (!(body instanceof FileBody)) return body as string | Uint8Array<ArrayBuffer> | null
  if (body.start >= body.end) return null
  const { file, start, end } = body
  return Readable.toWeb(createReadStream(file, { start, end: end - 1 })) as ReadableStream
}

/**
 * Adds headers to either kind of answer. A header that is there already stays; cookies are added, and so are what an
 * answer varies by and the rates that hold.
 */
export function withHeaders(answer: Response | Reply, more: HeaderPairs): Response | Reply {
  if (more.length === 0) return answer
  if (Reply.is(answer)) return new Reply(answer.status, merged(answer.headers, more), answer.body)
  // the headers of Response.redirect() and of what fetch() gave cannot be changed
  const response = new Response(answer.body, answer)
  for (const [name, value] of more) {
    const known = response.headers.get(name)
    if (known === null || name === "set-cookie") response.headers.append(name, value)
    else if (LISTS.has(name)) response.headers.set(name, listed(known, value))
  }
  return response
}

/** The same headers with more. @internal */
export function merged(headers: HeaderPairs, more: HeaderPairs): HeaderPairs {
  let all = headers
  for (const [name, value] of more) {
    const known = name === "set-cookie" ? undefined : all.find(([other]) => other === name)
    if (known === undefined) all = [...all, [name, value]]
    else if (LISTS.has(name)) all = all.with(all.indexOf(known), [name, listed(known[1], value)])
  }
  return all
}

// each of several plugs has a say in them
const LISTS: ReadonlySet<string> = new Set(["vary", "ratelimit", "ratelimit-policy"])

/** The members of two lists, each once. A `*` stands for all that an answer could vary by (RFC 9110 §12.5.5). */
function listed(known: string, more: string): string {
  const membersOf = (list: string) => list.split(",").map((name) => name.trim().toLowerCase())
  const members = membersOf(known)
  if (members.includes("*")) return known
  return [known, ...membersOf(more).filter((name) => !members.includes(name))].join(", ")
}

export function headerOf(answer: Response | Reply, name: string): string | null {
  return Reply.is(answer) ? answer.header(name) : answer.headers.get(name)
}

import { parseCookies } from "../cookies.ts"

/** An app as `app()` and `endpoint()` give it. */
export interface Fetching {
  fetch(request: Request): Promise<Response>
}

export interface VisitorOptions {
  /** Where the app seems to be (`"https://app.test"`); of a real server, its address. */
  readonly origin?: string | undefined
  /** Headers of each request: `{ accept: "application/json" }`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** What is sent with a request: at most one of `form`, `json` and `body`. */
export interface Sending {
  /** As a form sends it: text, or several values of one name; with a `File` among them as a form with files. */
  readonly form?: Readonly<Record<string, FormPart | readonly FormPart[]>> | undefined
  readonly json?: unknown
  readonly body?: RequestInit["body"] | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}
type FormPart = string | File

/** An answer that was read. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body, read as JSON. */
  json(): unknown
  /** Where it sends the visitor, or `null`. */
  readonly location: string | null
}

type Ask = (path: string, sending?: Sending) => Promise<Answered>

/** Somebody with a browser: cookies are kept, redirects are not followed until `follow`. */
export interface Visitor {
  readonly get: Ask
  readonly post: Ask
  readonly put: Ask
  readonly patch: Ask
  readonly del: Ask
  /** Goes where an answer sends it, as often as it is sent on, ten times at most. */
  follow(answered: Answered): Promise<Answered>
  /** What the app keeps in the browser. */
  readonly cookies: ReadonlyMap<string, string>
}

const MAX_REDIRECTS = 10

/**
 * Visits an app in tests: `visitor(app(router))` without a port, `visitor("http://localhost:4000")` over a real one. It
 * says of itself what browsers say, so that forms pass `protectFromForgery()` like those of a page.
 * @example (await visitor(app(router)).post("/todos", { form: { title: "Ship it" } })).location // "/todos"
 */
export function visitor(app: Fetching | string, options: VisitorOptions = {}): Visitor {
  const { origin = typeof app === "string" ? app : "https://app.test", headers = {} } = options
  const ask = typeof app === "string" ? fetch : (request: Request) => app.fetch(request)
  const cookies = new Map<string, string>()

  async function send(method: string, path: string, sending: Sending = {}): Promise<Answered> {
    const { body, type } = bodyOf(sending)
    const own: Record<string, string> = {
      "sec-fetch-site": "same-origin",
      ...(type === null ? {} : { "content-type": type }),
      ...(cookies.size === 0 ? {} : { cookie: cookieHeader(cookies) }),
    }
    const request = new Request(new URL(path, origin), {
      method,
      headers: { ...own, ...headers, ...sending.headers },
      redirect: "manual",
      body,
    })
    const response = await ask(request)
    for (const cookie of response.headers.getSetCookie()) keep(cookies, cookie)
    const text = await response.text()
    const location = response.headers.get("location")
    const { status } = response
    return { status, headers: response.headers, text, location, json: () => JSON.parse(text) }
  }

  const asking =
    (method: string): Ask =>
    (path, sending) =>
      send(method, path, sending)

  return {
    get: asking("GET"),
    post: asking("POST"),
    put: asking("PUT"),
    patch: asking("PATCH"),
    del: asking("DELETE"),
    cookies,
    async follow(answered) {
      let at = answered
      for (let times = 0; times < MAX_REDIRECTS && at.location !== null; times++)
        at = await send("GET", at.location)
      if (at.location !== null) throw new Error(`${MAX_REDIRECTS} redirects lead nowhere`)
      return at
    },
  }
}

function bodyOf({ form, json, body = null }: Sending): {
  readonly body: NonNullable<RequestInit["body"]> | null
  readonly type: string | null
} {
  if (json !== undefined) return { body: JSON.stringify(json), type: "application/json" }
  if (form === undefined) return { body, type: null }
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    [value].flat().map((part: FormPart): readonly [string, FormPart] => [name, part]),
  )
  if (pairs.every((pair): pair is readonly [string, string] => typeof pair[1] === "string")) {
    // its type comes with it, as that of FormData does
    return { body: new URLSearchParams(pairs.map(([...pair]) => pair)), type: null }
  }
  const data = new FormData()
  for (const [name, value] of pairs) data.append(name, value)
  return { body: data, type: null }
}

const cookieHeader = (cookies: ReadonlyMap<string, string>): string =>
  Array.from(cookies, ([name, value]) => `${name}=${value}`).join("; ")

function keep(cookies: Map<string, string>, setCookie: string): void {
  const [pair = "", ...attributes] = setCookie.split(";")
  const isOver = attributes.some((attribute) => attribute.trim().toLowerCase() === "max-age=0")
  for (const [name, value] of parseCookies(pair)) {
    if (isOver) cookies.delete(name)
    else cookies.set(name, value)
  }
}

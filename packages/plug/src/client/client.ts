import type { AnyResourcePaths, Path } from "@bennu/router"
import { readAnswer } from "./answer.ts"
import type { AskOptions, Client } from "./types.ts"

export { ClientError } from "./error.ts"
export type { Ask, Call, Client, Problem, Refusal } from "./types.ts"

export interface ClientOptions {
  /** Stands before every path: `https://api.example.com` (nothing: this page's own origin). */
  readonly baseUrl?: string | undefined
  /** What asks (the global one). Bring `app(router).fetch`, and there is no network. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
  /** Are sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The most that is read of an answer, in bytes (8 MB). */
  readonly maxBytes?: number | undefined
}

const MAX_ANSWER = 8_388_608

/**
 * Asks an app's routes from elsewhere, such as a browser, as functions. It is made of the table of paths; what they take and answer is
 * known from the handlers' types, of which nothing is loaded. A path without a verb is asked with GET, and a resource by its actions.
 *
 * Success is the value of a `Result`, any other status its error. A network that fails, and a `signal` that aborts,
 * reject as `fetch` does.
 * @throws {ClientError} from a call, when an answer is too large, or no JSON though it says so.
 * @example
 * import type * as Todos from "./todos-api.ts"
 * const todos = client<typeof Todos, typeof path>(path)
 * const result = await todos.show({ params: { id: 1 } })
 */
export function client<
  A extends object,
  P extends { readonly [K in keyof A]: Path<string, never> | AnyResourcePaths },
>(path: P, options: ClientOptions = {}): Client<A, P> {
  const { baseUrl = "", fetch = globalThis.fetch, headers = {}, maxBytes = MAX_ANSWER } = options
  const base = baseUrl.endsWith("/") ? baseUrl.slice(0, -1) : baseUrl
  const asking =
    (address: AnyAddress) =>
    async (ask: AnyAsk = {}) => {
      // in a page a path is enough; elsewhere a Request needs the whole address
      const url = base + addressFor(address, ask)
      const response = await fetch(requestFor(url, address.verb ?? "GET", ask, headers))
      return readAnswer(response, maxBytes)
    }
  const callsOf = (table: object): object => {
    const calls: Record<string, unknown> = {}
    for (const [name, value] of Object.entries<unknown>({ ...table })) {
      if (isAddress(value)) calls[name] = asking(value)
      else if (typeof value === "object" && value !== null) calls[name] = callsOf(value)
    }
    return Object.freeze(calls)
  }
  // each was made of the address of that name; what it takes and gives is what the types of the handlers say
  return callsOf(path) as Client<A, P>
}

/** A path that can be called; what it takes depends on its parameters, and is checked when it is called. */
type AnyAddress = Path<string, never> & ((...args: readonly unknown[]) => string)

interface AnyAsk extends AskOptions {
  readonly params?: object | undefined
  readonly query?: object | undefined
  readonly body?: unknown
}

const isAddress = (value: unknown): value is AnyAddress =>
  typeof value === "function" && "pattern" in value

function addressFor(address: AnyAddress, { params, query }: AnyAsk): string {
  return params === undefined ? address(query) : address(params, query)
}

function requestFor(
  url: string,
  method: string,
  { headers: own, signal, body }: AnyAsk,
  shared: Readonly<Record<string, string>>,
): Request {
  const headers = new Headers({ accept: "application/json, application/problem+json", ...shared })
  for (const [name, value] of Object.entries(own ?? {})) headers.set(name, value)
  const asItIs = body instanceof FormData || body instanceof URLSearchParams
  if (body !== undefined && !asItIs) headers.set("content-type", "application/json")
  return new Request(url, {
    method,
    headers,
    signal: signal ?? null,
    ...(body === undefined ? {} : { body: asItIs ? body : JSON.stringify(body) }),
  })
}

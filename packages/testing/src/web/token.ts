import { ProductionError } from "../setup/errors.ts"

const HEADER = "x-bennu-test"
const COOKIE = "bennu_test"
const AGENT = "BennuTest/"

/** The ways by which a client can tell which test it belongs to. */
export interface Carriers {
  /** For `fetch`, and Playwright's `extraHTTPHeaders`. Browsers leave it out where a page opens a WebSocket. */
  readonly headers: Readonly<Record<string, string>>
  /** For browsers: it is sent with everything, sockets too. `context.addCookies([{ ...cookie, url }])`. */
  readonly cookie: { readonly name: string; readonly value: string }
  /** The same for clients without cookies, with what they say of themselves before it: `userAgent("Mozilla/5.0 …")`. */
  userAgent(client?: string): string
}

/** How a test's token travels: by any of these ways. */
export const carriersOf = (token: string): Carriers => ({
  headers: { [HEADER]: token },
  cookie: { name: COOKIE, value: token },
  userAgent: (client = "test") => `${client} ${AGENT}${token}`,
})

/** The token that a request carries, or null. */
export function tokenIn(header: (name: string) => string | null): string | null {
  const own = header(HEADER)
  if (own) return own
  const cookie = after(header("cookie"), `${COOKIE}=`)
  return cookie ?? after(header("user-agent"), AGENT)
}

/** What follows a mark in a header, as far as a token can go. */
function after(value: string | null, mark: string): string | null {
  const at = value === null ? -1 : value.indexOf(mark)
  const token = at === -1 ? "" : (value?.slice(at + mark.length).split(/[;, ]/, 1)[0] ?? "")
  return token === "" ? null : token
}

/** Whoever knows a token acts inside of a test, past every guard that a plug behind it has. */
export function refuseInProduction(what: string): void {
  if (process.env["NODE_ENV"] === "production") throw new ProductionError(what)
}

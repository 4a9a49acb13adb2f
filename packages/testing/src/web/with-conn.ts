import { type Fetching, type Visitor, type VisitorOptions, visitor } from "@bennu/plug/testing"
import type { Fixture } from "../setup/fixture.ts"
import type { TestBase } from "../setup/setup.ts"
import { carriersOf } from "./token.ts"

/**
 * Gives each test somebody with a browser: `conn.get("/")`. Cookies are kept, and what it asks is a part of the test, also
 * where the app is a real server that `allowTests` is before.
 * @param app `app(router)`, or an address: `"http://localhost:4000"`; a function of what fixtures before it made.
 * @param signIn What it does first: `({ conn, user }) => conn.post("/login", { form: { email: user.email } })`.
 */
export const withConn =
  <Needs extends object = object>(
    app: Fetching | string | ((given: Needs) => Fetching | string),
    {
      signIn,
      headers = {},
      ...options
    }: VisitorOptions & {
      readonly signIn?:
        | ((given: Needs & { readonly conn: Visitor }) => Promise<unknown>)
        | undefined
    } = {},
  ): Fixture<TestBase & Needs, { readonly conn: Visitor }> =>
  async (given, use) => {
    const carried = { ...carriersOf(given.token).headers, ...headers }
    const served = typeof app === "function" ? app(given) : app
    const conn = visitor(served, { ...options, headers: carried })
    await signIn?.({ ...given, conn })
    await use({ conn })
  }

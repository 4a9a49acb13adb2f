import type { Duration } from "@bennu/core"
import type { Plug } from "@bennu/plug"
import type { Setup, TestBase } from "../setup/setup.ts"
import { RemoteTests } from "./remote-tests.ts"
import { refuseInProduction, tokenIn } from "./token.ts"

export interface AllowOptions {
  /**
   * The path at which a test runner in another process opens a test and ends it, such as `"/sandbox"`; none if left out.
   * `POST` answers with the token, `DELETE` with the token as a header ends it.
   */
  readonly at?: string | undefined
  /** How many tests may be open there at once (10). */
  readonly maxOpen?: number | undefined
  /** After which time one is ended that nobody ends (`"2m"`). */
  readonly patience?: Duration | undefined
}

/**
 * Lets requests be a part of the test whose token they carry (`carriersOf`): what they read and write is in its transaction,
 * its mocks answer, its time is theirs. Give it to an app under test as the endpoint's `before`, and wrap its sockets in
 * `allowTestSockets`. Requests without a token pass as they are.
 * @throws {ProductionError} where `NODE_ENV` is `"production"`.
 */
export function allowTests(
  tests: Setup<TestBase>,
  { at, maxOpen, patience }: AllowOptions = {},
): Plug {
  refuseInProduction("allowTests")
  const remote = at === undefined ? null : new RemoteTests(tests, { maxOpen, patience })
  return (conn, next) => {
    const token = tokenIn((name) => conn.header(name))
    if (remote !== null && conn.path === at) return remote.answer(conn.method, token)
    return token === null ? next(conn) : tests.allow(token, () => next(conn))
  }
}

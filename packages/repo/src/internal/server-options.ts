import { type Duration, parseOptions } from "@bennu/core"
import { duration } from "@bennu/core/zod"
import * as z from "zod"
import type { Driver } from "../driver.ts"
import { firstConnection } from "./refuse-pooler.ts"
import { type ServerClient, ServerConnection } from "./server-connection.ts"

/** What every driver of a PostgreSQL server takes. */
export interface ServerOptions {
  /** `postgres://user:password@host:5432/database` */
  readonly url: string
  /** Connections held open at most (10). */
  readonly poolSize?: number | undefined
  /** How long a query may wait for a free connection (`"5s"`). */
  readonly queueTimeout?: Duration | undefined
  /** How many queries may wait at once (1,000). */
  readonly queueLimit?: number | undefined
  /**
   * A wait that is still good (`"500ms"`). When for a second all waited longer, and at last twice as long, those who have
   * waited that long are refused and who came last goes first, until nobody waits. A tenth of what callers wait is right.
   */
  readonly queueTarget?: Duration | undefined
  /** How long a statement may run (`"60s"`), but for those in a session; each may say otherwise. */
  readonly queryTimeout?: Duration | undefined
  /** How long connecting may take (`"10s"`). */
  readonly connectTimeout?: Duration | undefined
  /** Name statements so that the server parses them once (`true`, but behind a pooler). */
  readonly prepare?: boolean | undefined
  /**
   * `"transaction"` where PgBouncer, Supavisor or the like stands between and hands out a server connection for each
   * transaction: nothing is named, and sessions (for migrations, LISTEN, locks) are refused with a hint. Where it is left
   * out and one is found at the start, that is an error.
   */
  readonly pooler?: "transaction" | undefined
}
/** What our code reads: nothing is optional, times are milliseconds. */
export interface ResolvedServerOptions {
  readonly url: string
  readonly poolSize: number
  readonly queueTimeout: number
  readonly queueLimit: number
  readonly queueTarget: number
  readonly queryTimeout: number
  readonly connectTimeout: number
  readonly prepare: boolean
  readonly pooler?: "transaction" | undefined
}

const schema = z.strictObject({
  url: z.url({ protocol: /^postgres(ql)?$/ }),
  poolSize: z.int().positive().default(10),
  queueTimeout: duration.prefault("5s"),
  queueLimit: z.int().nonnegative().default(1_000),
  queueTarget: duration.prefault("500ms"),
  queryTimeout: duration.prefault("60s"),
  connectTimeout: duration.prefault("10s"),
  prepare: z.boolean().optional(),
  pooler: z.literal("transaction").optional(),
}) satisfies z.ZodType<
  Omit<ResolvedServerOptions, "prepare"> & Pick<ServerOptions, "prepare">,
  ServerOptions
>

/**
 * A driver of a server, whatever client makes its connections.
 * @param client Makes a client of one connection, which calls `lost` when that is gone.
 */
export function serverDriver<T>(
  name: string,
  options: ServerOptions,
  client: (options: ResolvedServerOptions, lost: () => void) => ServerClient<T>,
): Driver {
  const { prepare, ...given } = parseOptions(name, schema, options)
  const resolved = { ...given, prepare: prepare ?? given.pooler === undefined }
  const { poolSize, queueTimeout, queueLimit, queueTarget, queryTimeout } = resolved
  return {
    name,
    poolSize,
    queueTimeout,
    queueLimit,
    queueTarget,
    queryTimeout,
    sessions: resolved.pooler === undefined,
    prepares: resolved.prepare,
    copies: true,
    async open(signal) {
      const connect = () => new ServerConnection(resolved, (lost) => client(resolved, lost))
      let first = resolved.pooler === undefined ? await firstConnection(connect, signal) : undefined
      return {
        connect() {
          const begun = first
          first = undefined
          return begun === undefined || begun.closed ? connect() : begun
        },
        async [Symbol.asyncDispose]() {
          await first?.close()
        },
      }
    },
  }
}

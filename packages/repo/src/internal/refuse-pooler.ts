import type { Connection } from "../driver.ts"
import { PoolerError } from "../errors.ts"
import type { ServerConnection } from "./server-connection.ts"

/** How long finding out may take, in milliseconds; what answers later than that is not waited for. */
const PATIENCE = 2_000

/**
 * A connection to begin with, where no pooler of transactions stands between that nobody told of; none where the server does
 * not answer, which may be so for now.
 * @throws {PoolerError}
 */
export async function firstConnection<T>(
  connect: () => ServerConnection<T>,
  signal: AbortSignal,
): Promise<ServerConnection<T> | undefined> {
  const first = connect()
  try {
    await refusePooler(first, connect, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]))
    return first
  } catch (error) {
    first.close().catch(() => {})
    signal.throwIfAborted()
    if (error instanceof PoolerError) throw error
    // whoever asks it for something is told
    return undefined
  }
}

/**
 * A pooler announces itself when a client connects, and not the process of the server that will answer. It is one of
 * transactions where, in a transaction of a second client, that process is the second's, or the first has got another one.
 */
async function refusePooler<T>(
  first: ServerConnection<T>,
  connect: () => Connection,
  signal: AbortSignal,
): Promise<void> {
  const process = await processOf(first, signal)
  if (first.announced === undefined || first.announced === process) return
  const second = connect()
  try {
    await second.query(statement("begin"), signal)
    const other = await processOf(second, signal)
    if (other === process || (await processOf(first, signal)) !== process) throw new PoolerError()
    await second.query(statement("rollback"), signal)
  } finally {
    second.close().catch(() => {})
  }
}

async function processOf(connection: Connection, signal: AbortSignal): Promise<number> {
  const { rows } = await connection.query(statement("select pg_backend_pid()"), signal)
  return Number(rows[0]?.[0])
}

/** Named nowhere: who is between may give it to others. */
const statement = (text: string) => ({ text, params: [], once: true })

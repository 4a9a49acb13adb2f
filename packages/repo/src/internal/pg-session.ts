import nodePostgres, { type ClientConfig, type Connection } from "pg"

/** What node-postgres has and its types leave out; other libraries build on it too. */
interface Untold {
  readonly processID: number | null
  readonly secretKey: number | null
  readonly sslNegotiation: string
  getStartupConf(): Readonly<Record<string, string>>
}
interface UntoldConnection extends Connection {
  connect(port: number | string, host?: string): void
  requestSsl(): void
  cancel(processID: number, secretKey: number): void
}
// lib/client.js and lib/connection.js of node-postgres 8 have all of these
const Client = nodePostgres.Client as unknown as new (
  config: ClientConfig,
) => nodePostgres.Client & Untold
const Canceller = nodePostgres.Connection as unknown as new (
  config: Pick<nodePostgres.Client, "ssl"> & Pick<Untold, "sslNegotiation">,
) => UntoldConnection

/** How long asking the server to stop something may take, and saying goodbye. */
const GRACE = 1_000

/** A node-postgres client that can cancel and give up, with the settings of our other drivers. */
export class PgSession extends Client {
  /** The same text for the same value on every server; poolers let these two through. */
  override getStartupConf(): Readonly<Record<string, string>> {
    return { ...super.getStartupConf(), DateStyle: "ISO", TimeZone: "UTC" }
  }

  /** Asks the server, over a connection of its own, to stop what runs. */
  cancel(): void {
    const { processID, secretKey, ssl, sslNegotiation, host, port } = this
    if (processID === null || secretKey === null) return
    const connection = new Canceller({ ssl, sslNegotiation })
    const late = setTimeout(() => connection.stream.destroy(), GRACE)
    // who is asked hangs up when it is done; PgBouncer forgets a request whose client hung up before, and 1.18 ends over it
    const ask = (): void => connection.cancel(processID, secretKey)
    connection.on("error", () => {})
    connection.on("end", () => clearTimeout(late))
    connection.on("sslconnect", ask)
    connection.on("connect", () => {
      if (!ssl) ask()
      else if (sslNegotiation !== "direct") connection.requestSsl()
    })
    if (host.startsWith("/")) connection.connect(`${host}/.s.PGSQL.${port}`)
    else connection.connect(port, host)
  }

  /** Says goodbye; a server that does not listen is left. */
  async close(): Promise<void> {
    const late = setTimeout(() => this.connection.stream.destroy(), GRACE)
    try {
      await this.end()
    } finally {
      clearTimeout(late)
    }
  }
}

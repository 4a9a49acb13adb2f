import type { Answer, Connection, Statement } from "../driver.ts"
import { ConnectionError, queryError, type ServerReport } from "../errors.ts"
import type { ResolvedServerOptions } from "./server-options.ts"

/** A statement on its way. */
export interface Running<T> {
  readonly answer: Promise<T>
  /** Asks the server to stop it. */
  cancel(): void
  /** Waits for its answer no longer. */
  reject(reason: unknown): void
}

/** One connection of a client library, and what differs between those libraries. */
export interface ServerClient<T> {
  /** Connects when first used. @param name Under which the server shall remember the statement, if it shall. */
  run(statement: Statement, name: string | undefined): Running<T>
  answer(result: T): Answer
  /** The process of the server, as it was announced when the client connected; undefined before the first answer. */
  readonly announced: number | undefined
  /** What the server said in an error; undefined where it is not the server that speaks. */
  reported(error: Error): (ServerReport & { readonly severity: string | undefined }) | undefined
  end(): Promise<void>
}

/** Statements that one connection has named; both ends keep them for its life, so they are bounded. */
const MAX_PREPARED = 256
/** How often a statement is asked to stop until it does, in milliseconds. */
export const CANCEL_AGAIN = 100
/** How long a cancelled statement may take to stop before its connection is dropped. */
const CANCEL_GRACE = 2_000

/** A connection to a server: how long to wait, when to give up, and what its errors mean, whatever the client. */
export class ServerConnection<T> implements Connection {
  readonly #client: ServerClient<T>
  readonly #options: ResolvedServerOptions
  readonly #prepared = new Map<string, string>()
  #closed = false
  #connected = false
  #signal: AbortSignal | undefined
  /** In the order of asking, which is that of the answers. */
  readonly #running: Running<T>[] = []
  #timer: NodeJS.Timeout | undefined
  readonly #abort = (): void => this.#stop()

  /** @param client Calls `lost` when its connection is gone. */
  constructor(options: ResolvedServerOptions, client: (lost: () => void) => ServerClient<T>) {
    this.#options = options
    this.#client = client(() => {
      this.#closed = true
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Which process of the server answers here, as whoever took the connection says. */
  get announced(): number | undefined {
    return this.#client.announced
  }

  query(statement: Statement, signal?: AbortSignal): Promise<Answer> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (this.#closed)
      return Promise.reject(new ConnectionError("the connection to PostgreSQL is closed"))
    const running = this.#client.run(statement, this.#name(statement))
    this.#running.push(running)
    this.#listen(signal)
    // a server that accepts and says nothing would keep the client connecting for ever
    if (!this.#connected) {
      const { connectTimeout } = this.#options
      this.#giveUp(connectTimeout, () => unreachable(connectTimeout))
    }
    return running.answer.then(
      (result) => {
        this.#settled(running, signal)
        this.#connected = true
        return this.#client.answer(result)
      },
      (error) => {
        this.#settled(running, signal)
        throw signal?.aborted ? signal.reason : this.#described(error, statement.text)
      },
    )
  }

  #name({ text, copy, once }: Statement): string | undefined {
    if (!this.#options.prepare || once || copy !== undefined) return undefined
    let name = this.#prepared.get(text)
    if (name === undefined && this.#prepared.size < MAX_PREPARED) {
      name = `bennu_${this.#prepared.size}`
      this.#prepared.set(text, name)
    }
    return name
  }

  /** Asks the server to stop what runs, also before the first answer, as the statement may be on its way. */
  #stop(): void {
    const [running] = this.#running
    if (running === undefined || this.#closed) return
    running.cancel()
    this.#giveUp(this.#connected ? CANCEL_GRACE : 0, () => this.#signal?.reason)
  }

  #giveUp(after: number, reason: () => unknown): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      for (const running of this.#running) running.reject(reason())
      void this.close()
    }, after)
  }

  #settled(running: Running<T>, signal: AbortSignal | undefined): void {
    if (this.#running[0] === running) this.#running.shift()
    else this.#running.splice(this.#running.indexOf(running), 1)
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
    if (!signal?.aborted) return
    // what was sent behind it runs now
    this.#stop()
    // the request to cancel may reach the server when the next statement runs: no next one here
    if (this.#running.length === 0) void this.close()
  }

  /** Most statements of a connection have one signal, so it is not listened to anew each time. */
  #listen(signal: AbortSignal | undefined): void {
    if (signal === this.#signal) return
    this.#signal?.removeEventListener("abort", this.#abort)
    signal?.addEventListener("abort", this.#abort, { once: true })
    this.#signal = signal
  }

  #described(error: unknown, statement: string): unknown {
    if (!(error instanceof Error)) return error
    const reported = this.#client.reported(error)
    if (reported !== undefined && !endsConnection(reported)) {
      this.#connected = true
      return queryError(reported, statement)
    }
    const { message } = error
    const code = reported?.sqlState ?? ("code" in error ? String(error.code) : "")
    const during = reported === undefined ? "failed" : "was refused"
    void this.close()
    return new ConnectionError(`the connection to PostgreSQL ${during}: ${message}`, {
      cause: error,
      hint: hints.get(code) ?? (reported === undefined ? again : undefined),
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#client.end()
  }
}

/**
 * After FATAL and PANIC the server hangs up; poolers say so too where they have nobody to pass a statement to.
 * @see postgresql.org/docs/current/protocol-error-fields.html
 */
const endsConnection = ({
  severity,
  sqlState,
}: {
  severity: string | undefined
  sqlState: string
}) => severity === "FATAL" || severity === "PANIC" || /^(08|57P)/.test(sqlState)

const unreachable = (timeout: number) =>
  new ConnectionError(`PostgreSQL did not answer in ${timeout} ms`, {
    hint: "Check the host and port of the url, and what stands between.",
  })

const again = "Is the server up? The next query tries anew."
const hints = new Map([
  [
    "ECONNREFUSED",
    "Nothing listens there: start PostgreSQL, or check the host and port of the url.",
  ],
  ["ENOTFOUND", "The host of the url is unknown."],
  ["CONNECT_TIMEOUT", "Check the host and port of the url, and what stands between."],
  ["28P01", "Check user and password of the url."],
  ["28000", "Check the user of the url, and the server's pg_hba.conf."],
  ["3D000", "Create the database, or check its name at the end of the url."],
  ["53300", "The server has no connection left: lower poolSize, or raise its max_connections."],
])

import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"
import { type Duration, milliseconds, type Random } from "@bennu/core"
import { Lane, type Rules } from "./lane.ts"

/** Where a proxy leads: `redis://user:password@host:6379/0`, or what `net.connect` takes. */
export type Target = string | { readonly host: string; readonly port: number }

/** `"up"` from the client to the server, `"down"` back. */
export type Direction = "up" | "down"

/** What makes a way slow. What is not given is as fast as it can be. */
export interface Slowness {
  /** How much longer bytes take. */
  readonly latency?: Duration | undefined
  /** Up to how much longer still, by chance; later bytes never overtake earlier ones. */
  readonly jitter?: Duration | undefined
  /** Bytes a second, for each connection. */
  readonly bandwidth?: number | undefined
}

export interface FaultProxyOptions {
  /** Where it listens on 127.0.0.1; drawn if not given. */
  readonly port?: number | undefined
  /** In [0, 1), for `jitter` (`Math.random`). */
  readonly random?: Random | undefined
}

/** A way between a client and a server that can go wrong. Faults are added to one another until `heal`. Disposed, it is closed. */
export interface FaultProxy extends AsyncDisposable {
  /** The target's URL by this way; `tcp://…` for a target that has none. */
  readonly url: string
  readonly port: number
  /** Connections that clients have open. */
  readonly open: number
  /** Bytes that have passed. */
  readonly passed: Readonly<Record<Direction, number>>
  /** Makes one direction slow, or both; called again, it replaces what was said before. */
  slow(how: Slowness, direction?: Direction): void
  /** Connections stay open, new ones too, and nothing passes; after `heal` it goes on where it was. */
  stall(direction?: Direction): void
  /**
   * What is sent never arrives, and nobody is told: connections open now stay half-open for ever, as when a machine is
   * gone or a firewall has forgotten them. After `heal` new ones work.
   */
  drop(direction?: Direction): void
  /** Resets all connections; new ones work. */
  cut(): void
  /** Resets all connections and refuses new ones. */
  refuse(): Promise<void>
  /** Takes all faults back. */
  heal(): Promise<void>
}

const FINE: Rules = {
  latency: 0,
  jitter: 0,
  bandwidth: Number.POSITIVE_INFINITY,
  stalled: false,
  dropping: false,
}

/**
 * A TCP way to a server that can be made slow, stall, lose, cut and refuse, without Docker and without root.
 * @throws {TypeError} for a target without a port.
 * @example
 * await using proxy = await faultProxy(server.url)
 * const client = createClient({ url: proxy.url })
 * proxy.stall()
 */
export async function faultProxy(
  target: Target,
  options: FaultProxyOptions = {},
): Promise<FaultProxy> {
  const proxy = new TcpProxy(target, options)
  await proxy.listen()
  return proxy
}

interface Connection {
  readonly sockets: readonly [Socket, Socket]
  readonly lanes: Readonly<Record<Direction, Lane>>
}

class TcpProxy implements FaultProxy {
  readonly #target: { readonly host: string; readonly port: number }
  readonly #given: Target
  readonly #random: Random
  readonly #server: Server
  readonly #clients = new Set<Socket>()
  readonly #connections = new Set<Connection>()
  /** Clients that came while nothing passed: their connection to the server is made later. */
  readonly #waiting = new Set<Socket>()
  #rules: Readonly<Record<Direction, Rules>> = { up: FINE, down: FINE }
  #port: number
  #before = { up: 0, down: 0 }

  constructor(target: Target, { port = 0, random = Math.random }: FaultProxyOptions) {
    this.#given = target
    this.#target = typeof target === "string" ? addressOf(target) : target
    this.#port = port
    this.#random = random
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) =>
      this.#accept(client),
    )
  }

  get port(): number {
    return this.#port
  }

  get url(): string {
    if (typeof this.#given !== "string") return `tcp://127.0.0.1:${this.#port}`
    const url = new URL(this.#given)
    url.host = `127.0.0.1:${this.#port}`
    return url.href
  }

  get open(): number {
    return this.#clients.size
  }

  get passed(): Readonly<Record<Direction, number>> {
    let { up, down } = this.#before
    for (const { lanes } of this.#connections) {
      up += lanes.up.passed
      down += lanes.down.passed
    }
    return { up, down }
  }

  async listen(): Promise<void> {
    this.#server.listen(this.#port, "127.0.0.1")
    await once(this.#server, "listening")
    // a server that listens on TCP has such an address
    this.#port = (this.#server.address() as AddressInfo).port
  }

  slow({ latency = 0, jitter = 0, bandwidth = FINE.bandwidth }: Slowness, direction?: Direction) {
    if (!(bandwidth > 0)) throw new RangeError(`${bandwidth} bytes a second are no bandwidth`)
    this.#change(
      { latency: milliseconds(latency), jitter: milliseconds(jitter), bandwidth },
      direction,
    )
  }

  stall(direction?: Direction): void {
    this.#change({ stalled: true }, direction)
  }

  drop(direction?: Direction): void {
    this.#change({ dropping: true }, direction)
    for (const { lanes } of this.#connections) {
      for (const each of sides(direction)) lanes[each].die()
    }
  }

  cut(): void {
    for (const { sockets } of this.#connections)
      for (const socket of sockets) socket.resetAndDestroy()
    for (const client of this.#clients) client.resetAndDestroy()
  }

  async refuse(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, "close")
    this.#server.close()
    this.cut()
    await closed
  }

  async heal(): Promise<void> {
    this.#change(FINE)
    for (const client of this.#waiting) this.#join(client)
    this.#waiting.clear()
    if (!this.#server.listening) await this.listen()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.refuse()
  }

  #change(rules: Partial<Rules>, direction?: Direction): void {
    const changed = sides(direction).map((each) => [each, { ...this.#rules[each], ...rules }])
    this.#rules = { ...this.#rules, ...Object.fromEntries(changed) }
    for (const { lanes } of this.#connections) for (const each of sides()) lanes[each].wake()
  }

  #accept(client: Socket): void {
    this.#clients.add(client)
    client.on("error", () => {})
    client.on("close", () => {
      this.#clients.delete(client)
      this.#waiting.delete(client)
    })
    const { up, down } = this.#rules
    if (up.dropping || down.dropping) return
    if (up.stalled || down.stalled) this.#waiting.add(client)
    else this.#join(client)
  }

  #join(client: Socket): void {
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true })
    const lane = (from: Socket, to: Socket, direction: Direction) =>
      new Lane(from, to, () => this.#rules[direction], this.#random)
    const lanes = { up: lane(client, server, "up"), down: lane(server, client, "down") }
    const connection: Connection = { sockets: [client, server], lanes }
    this.#connections.add(connection)
    let left = connection.sockets.length
    for (const socket of connection.sockets) {
      socket.on("close", () => {
        left -= 1
        if (left > 0 || !this.#connections.delete(connection)) return
        this.#before = {
          up: this.#before.up + lanes.up.passed,
          down: this.#before.down + lanes.down.passed,
        }
      })
    }
  }
}

const sides = (direction?: Direction): readonly Direction[] =>
  direction === undefined ? ["up", "down"] : [direction]

function addressOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url)
  if (port === "") throw new TypeError(`the target of a proxy needs a port: ${url}`)
  // an IPv6 address stands in brackets only within a URL
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) }
}

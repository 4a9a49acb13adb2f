import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"

/** Takes a stream of PostgreSQL's messages apart: a type's letter, four bytes of length, the rest. */
class Messages {
  #rest: Buffer = Buffer.alloc(0)

  take(data: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, data])
    const whole: Buffer[] = []
    while (this.#rest.length >= 5) {
      const length = this.#rest.readInt32BE(1) + 1
      if (this.#rest.length < length) break
      whole.push(this.#rest.subarray(0, length))
      this.#rest = this.#rest.subarray(length)
    }
    return whole
  }
}

const message = (type: string, ...parts: (Buffer | string)[]) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
const number = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

interface Backend {
  readonly socket: Socket
  client: Socket | undefined
}

export interface Pooler extends AsyncDisposable {
  readonly url: string
  /** Resets some connections: of clients, or of servers. */
  reset(which: "clients" | "servers", random: () => number): void
  /** Lets what clients say disappear, or no longer. */
  swallow(on: boolean): void
}

/**
 * A pooler of transactions, as PgBouncer is one: a client gets one of a few connections to the server for each transaction.
 * Only what the tests need: no passwords, no TLS, no memory of statements.
 */
export async function transactionPooler(target: string, size: number): Promise<Pooler> {
  const { hostname, port, username, pathname } = new URL(target)
  const idle: Backend[] = []
  const all = new Set<Backend>()
  const clients = new Set<Socket>()
  const waiting: ((backend: Backend) => void)[] = []
  let swallows = false

  const release = (backend: Backend) => {
    backend.client = undefined
    const next = waiting.shift()
    if (next) next(backend)
    else idle.push(backend)
  }
  async function open(): Promise<void> {
    const socket = connect(Number(port), hostname).setNoDelay(true)
    const backend: Backend = { socket, client: undefined }
    all.add(backend)
    socket.on("error", () => {})
    socket.on("close", () => {
      all.delete(backend)
      if (idle.includes(backend)) idle.splice(idle.indexOf(backend), 1)
      backend.client?.destroy()
      if (!closed) void open()
    })
    await once(socket, "connect").catch(() => {})
    const said = `user\0${username}\0database\0${pathname.slice(1)}\0DateStyle\0ISO\0TimeZone\0UTC\0\0`
    socket.write(Buffer.concat([number(said.length + 8), number(196_608), Buffer.from(said)]))
    const messages = new Messages()
    let started = false
    socket.on("data", (data) => {
      for (const part of messages.take(data)) {
        if (started) backend.client?.write(part)
        const isReady = part[0] === 0x5a
        if (isReady && (part[5] === 0x49 || !started)) release(backend)
        started ||= isReady
      }
    })
  }
  function serve(client: Socket): void {
    clients.add(client)
    let backend: Backend | undefined
    let asked = false
    let held: Buffer[] = []
    client.setNoDelay(true)
    client.on("error", () => {})
    client.on("close", () => {
      clients.delete(client)
      // in the middle of a transaction: the server takes it back when its connection goes
      if (backend?.client === client) backend.socket.destroy()
    })
    const messages = new Messages()
    client.once("data", () => {
      // a request to cancel is as long as this; ours are lost, as they are behind some poolers
      client.write(
        Buffer.concat([
          message("R", number(0)),
          message("S", "server_version\0", "18.0\0"),
          message("K", number(1), number(1)),
          message("Z", "I"),
        ]),
      )
      client.on("data", (data) => {
        if (swallows) return
        for (const part of messages.take(data)) {
          if (backend?.client === client) backend.socket.write(part)
          else {
            held.push(Buffer.from(part))
            if (asked) continue
            asked = true
            const take = (given: Backend) => {
              asked = false
              if (client.destroyed) return release(given)
              backend = given
              given.client = client
              for (const each of held) given.socket.write(each)
              held = []
            }
            const free = idle.pop()
            if (free) take(free)
            else waiting.push(take)
          }
        }
      })
    })
  }
  let closed = false
  const server = createServer(serve).listen(0, "127.0.0.1")
  await once(server, "listening")
  await Promise.all(Array.from({ length: size }, open))
  // a TCP server's address is one
  const address = server.address() as AddressInfo
  const url = new URL(target)
  url.hostname = "127.0.0.1"
  url.port = String(address.port)
  return {
    url: url.href,
    reset(which, random) {
      const sockets = which === "clients" ? [...clients] : [...all].map(({ socket }) => socket)
      for (const socket of sockets) if (random() < 0.3) socket.resetAndDestroy()
    },
    swallow(on) {
      swallows = on
    },
    async [Symbol.asyncDispose]() {
      closed = true
      server.close()
      for (const socket of [...clients, ...[...all].map(({ socket }) => socket)]) socket.destroy()
    },
  }
}

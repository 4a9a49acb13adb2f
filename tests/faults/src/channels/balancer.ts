import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"

/** What stands before the nodes: leads each connection to the next of them that takes it. */
export class Balancer implements AsyncDisposable {
  /** Ports of the nodes that are in use. */
  readonly ports = new Set<number>()
  readonly #server = createServer((client) => this.#lead(client, [...this.ports]))
  readonly #clients = new Set<Socket>()
  #turn = 0

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1")
    await once(this.#server, "listening")
    // a server that listens on a port has an address of this kind
    const { port } = this.#server.address() as AddressInfo
    return `ws://127.0.0.1:${port}`
  }

  #lead(client: Socket, ports: readonly number[]): void {
    this.#clients.add(client)
    client.on("error", () => {})
    client.on("close", () => this.#clients.delete(client))
    const first = this.#turn++
    const attempt = (count: number) => {
      const port = ports[(first + count) % ports.length]
      if (count >= ports.length || port === undefined) return void client.destroy()
      const node = connect(port, "127.0.0.1")
      const next = () => attempt(count + 1)
      node.once("error", next)
      node.once("connect", () => {
        node.off("error", next).on("error", () => client.destroy())
        client.on("close", () => node.destroy())
        node.on("close", () => client.destroy())
        client.pipe(node).pipe(client)
      })
    }
    attempt(0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    for (const client of this.#clients) client.destroy()
  }
}

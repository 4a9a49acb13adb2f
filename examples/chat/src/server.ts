import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { SocketHandler } from "@bennu/channels"
import type { Child } from "@bennu/core"
import { WebSocketServer } from "ws"
import { carry } from "./carry.ts"
import type { ServedFile } from "./files.ts"
import { sourceOf } from "./source.ts"

export interface ChatServer extends AsyncDisposable {
  readonly url: string
  stop(deadline: AbortSignal): Promise<void>
}

interface Served {
  readonly port: number
  readonly rooms: SocketHandler
  readonly files: ReadonlyMap<string, ServedFile>
}

const headers = {
  "content-security-policy":
    "default-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
}

/** Three files, and the rooms at `/socket`: all that the chat needs of a server. */
export const chatServer = ({ port, rooms, files }: Served): Child<ChatServer> => ({
  name: "server",
  async start() {
    const halt = new AbortController()
    const sockets = new WebSocketServer({ noServer: true, maxPayload: 65_536 })
    // the official client offers "phoenix" only together with a token, and there is none here
    sockets.options.handleProtocols = () => false
    const server = createServer((request, response) => {
      answer(request, response).catch(() => response.destroy())
    })

    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const [path = "/"] = (request.url ?? "/").split("?")
      if (path.startsWith("/socket/")) {
        const polled = await rooms.request?.(sourceOf(request, response, halt.signal))
        if (!polled) return void response.writeHead(404).end()
        response.writeHead(polled.status, { ...polled.headers }).end(polled.body)
        return
      }
      const file = files.get(path)
      if (!file) return void response.writeHead(404, headers).end("There is nothing here.\n")
      response.writeHead(200, { ...headers, "content-type": file.type }).end(file.body)
    }

    server.on("upgrade", async (request, stream, head) => {
      stream.on("error", () => stream.destroy())
      const answer = request.url?.startsWith("/socket/")
        ? await rooms.upgrade(sourceOf(request, stream, halt.signal))
        : { status: 404 }
      if (!("open" in answer)) {
        stream.end(`HTTP/1.1 ${answer.status} No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
        return
      }
      sockets.handleUpgrade(request, stream, head, (client) => carry(client, answer))
    })

    await new Promise<void>((resolve, reject) => {
      server.once("error", reject)
      server.listen(port, "127.0.0.1", resolve)
    })
    // a server that listens on a port has an address of this kind
    const { port: bound } = server.address() as AddressInfo

    const stop = async (deadline: AbortSignal) => {
      const cut = () => {
        for (const client of sockets.clients) client.terminate()
        server.closeAllConnections()
      }
      deadline.addEventListener("abort", cut)
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      halt.abort()
      for (const client of sockets.clients) client.close(1012, "service restart")
      server.closeIdleConnections()
      if (deadline.aborted) cut()
      await closed
      await rooms.stop?.()
    }
    return {
      url: `http://127.0.0.1:${bound}`,
      stop,
      [Symbol.asyncDispose]: () => stop(AbortSignal.timeout(5_000)),
    }
  },
})

import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { browserPage, Note, page } from "./work.ts"

const send = (response: ServerResponse, type: string, body: string) =>
  response
    .writeHead(200, ["content-type", type, "content-length", String(Buffer.byteLength(body))])
    .end(body)
const json = (response: ServerResponse, value: unknown) =>
  send(response, "application/json; charset=utf-8", JSON.stringify(value))

function answer(request: IncomingMessage, response: ServerResponse) {
  const { url = "/", method } = request
  if (url === "/json") return json(response, { hello: "world" })
  if (method === "POST") {
    let body = ""
    request.on("data", (chunk) => {
      body += chunk
    })
    return request.on("end", () => json(response, Note.parse(JSON.parse(body))))
  }
  if (url.startsWith("/users/")) {
    const query = url.indexOf("?")
    const tab = new URLSearchParams(url.slice(query)).get("tab")
    return json(response, { id: url.slice(7, query), tab })
  }
  // the floor of the page: no session, no token, no headers
  return send(
    response,
    "text/html; charset=utf-8",
    url === "/page" ? page() : browserPage("-", "-"),
  )
}

export async function nodeHttp(): Promise<number> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return (server.address() as AddressInfo).port
}

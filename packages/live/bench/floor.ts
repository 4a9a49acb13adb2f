// The least that a page's event costs: a bare server of `ws` that answers each with the same frame, without looking at it.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { WebSocketServer } from "ws"

const page = `<meta name="csrf-token" content="csrf"><div id="page" data-phx-session="s" data-phx-static="s"></div>`
const joined = `["1","2","lv:page","phx_reply",{"status":"ok","response":{}}]`
// as many bytes as the counter's
const answer = `["1","2","lv:page","phx_reply",{"status":"ok","response":{"diff":{"0":"1000","1":"     "}}}]`

const server = createServer((_, response) => response.end(page))
const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false })
sockets.on("connection", (socket) => {
  let sent = joined
  socket.on("message", () => {
    socket.send(sent)
    sent = answer
  })
})

process.on("disconnect", () => process.exit())
process.on("message", () => {
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
server.listen(0, "127.0.0.1", () => {
  // a server that listens at a port has an address with one
  process.send?.((server.address() as AddressInfo).port)
})

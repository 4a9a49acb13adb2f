// Many clients in one process: they say what their server needs to hear, and how long broadcasts took to each.
import { WebSocket } from "ws"

const [, , kind = "", port = "", count = "1", rooms = "1"] = process.argv
const expected = Number(count)

interface Protocol {
  readonly path: string
  /** What to say to a message, until it is the last of the greeting. */
  greet(said: string, client: WebSocket): boolean
  /** What to say to be answered. */
  readonly ask: string
  isAnswer(said: string): boolean
}

const join = (index: number) => `["${index}","${index}","room:${index}","phx_join",{}]`

const protocols: Readonly<Record<string, Protocol>> = {
  bennu: {
    path: "/socket/websocket?vsn=2.0.0",
    greet: (said, client) => {
      if (said === "") for (let index = 0; index < Number(rooms); index++) client.send(join(index))
      return said.includes(`"room:${Number(rooms) - 1}","phx_reply"`)
    },
    ask: '["0","e","room:0","echo",{"text":"hello"}]',
    isAnswer: (said) => said.startsWith('["0","e",'),
  },
  "bare ws": {
    path: "/",
    greet: () => true,
    ask: '{"text":"hello"}',
    isAnswer: (said) => said.startsWith("{"),
  },
  "socket.io": {
    path: "/socket.io/?EIO=4&transport=websocket",
    greet(said, client) {
      if (said.startsWith("0")) client.send("40")
      return said.startsWith("40")
    },
    ask: '427["echo",{"text":"hello"}]',
    isAnswer: (said) => said.startsWith("437"),
  },
  "socket.io namespaces": {
    path: "/socket.io/?EIO=4&transport=websocket",
    greet(said, client) {
      if (said.startsWith("0")) {
        for (let index = 0; index < Number(rooms); index++) client.send(`40/room${index},`)
      }
      return said.startsWith(`40/room${Number(rooms) - 1},`)
    },
    ask: "",
    isAnswer: () => false,
  },
}
const protocol = protocols[kind]
if (!protocol) throw new Error(`no protocol ${kind}`)
const { path, greet, ask, isAnswer } = protocol
const all: WebSocket[] = []
/** Answers that are still to come, and questions that are still to be asked. */
let answers = 0
let questions = 0

let latencies: number[] = []

function connect(): Promise<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: false })
  return new Promise((resolve, reject) => {
    client.on("error", reject)
    client.on("open", () => greet("", client) && resolve(client))
    client.on("message", (data: Buffer) => {
      const at = data.indexOf('"at":"')
      if (at === -1) {
        const said = data.toString()
        if (said === "2") client.send("3")
        else if (isAnswer(said)) answered(client)
        else if (greet(said, client)) resolve(client)
        return
      }
      const sent = data.toString("latin1", at + 6, data.indexOf('"', at + 6))
      latencies.push(Number(process.hrtime.bigint() - BigInt(sent)) / 1e6)
      if (latencies.length < expected) return
      latencies.sort((one, other) => one - other)
      process.send?.(latencies[Math.floor(0.99 * (latencies.length - 1))])
      latencies = []
    })
  })
}

function answered(client: WebSocket): void {
  if (questions-- > 0) client.send(ask)
  if (--answers === 0) process.send?.("answered")
}

// each asks one at a time
process.on("message", (count) => {
  answers = Number(count)
  questions = answers - all.length
  for (const client of all) client.send(ask)
})

// in batches: a server's queue of connections has an end
for (let made = 0; made < expected; made += 200) {
  all.push(...(await Promise.all(Array.from({ length: Math.min(200, expected - made) }, connect))))
}
process.on("disconnect", () => process.exit())
process.send?.("ready")

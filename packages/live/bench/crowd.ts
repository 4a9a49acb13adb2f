// Pages that join over real WebSockets, in a process of their own. Told "join PATH COUNT", "click SECONDS RATE", "leave".
import { WebSocket } from "ws"

const origin = `http://127.0.0.1:${process.argv[2]}`
interface Page {
  readonly socket: WebSocket
  readonly topic: string
  answered: ((frame: string) => void) | null
}
const pages: Page[] = []
const between = (text: string, before: string) => {
  const start = text.indexOf(before) + before.length
  return text.slice(start, text.indexOf('"', start))
}

async function open(path: string): Promise<void> {
  const answer = await fetch(origin + path)
  const html = await answer.text()
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ")
  const csrf = between(html, 'name="csrf-token" content="')
  const topic = `lv:${between(html, ' id="')}`
  const url = `${origin.replace("http", "ws")}/live/websocket?_csrf_token=${csrf}&vsn=2.0.0`
  const socket = new WebSocket(url, { headers: { cookie, origin }, perMessageDeflate: false })
  const page: Page = { socket, topic, answered: null }
  socket.on("message", (data) => {
    if (page.answered) page.answered(String(data))
  })
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
  const payload = {
    url: origin + path,
    params: { _csrf_token: csrf, _mounts: 0, _mount_attempts: 0 },
    session: between(html, 'data-phx-session="'),
    static: between(html, 'data-phx-static="'),
    sticky: false,
  }
  const joined = await ask(page, "phx_join", payload)
  if (!joined.includes('"status":"ok"')) throw new Error(joined)
  pages.push(page)
}

function ask(page: Page, event: string, payload: object): Promise<string> {
  return new Promise((resolve) => {
    page.answered = resolve
    page.socket.send(JSON.stringify(["1", "2", page.topic, event, payload]))
  })
}

async function join(path: string, count: number): Promise<void> {
  let left = count
  const lane = async () => {
    while (left-- > 0) await open(path)
  }
  await Promise.all(Array.from({ length: 50 }, lane))
}

/** Clicks here and there at a steady rate. @returns Round trips in milliseconds, sorted. */
async function click(seconds: number, rate: number) {
  const trips: number[] = []
  const value = { type: "click", event: "more", value: { value: "" } }
  const end = performance.now() + seconds * 1000
  let sent = 0
  const started = performance.now()
  while (performance.now() < end) {
    const due = ((performance.now() - started) / 1000) * rate
    for (; sent < due; sent++) {
      const page = pages[sent % pages.length]
      if (!page) break
      const at = performance.now()
      void ask(page, "event", value).then(() => trips.push(performance.now() - at))
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await new Promise((resolve) => setTimeout(resolve, 500))
  trips.sort((one, other) => one - other)
  const at = (share: number) => trips[Math.floor(share * (trips.length - 1))] ?? Number.NaN
  return { sent, answered: trips.length, p50: at(0.5), p99: at(0.99) }
}

async function leave(): Promise<void> {
  const closing = pages.splice(0).map(
    ({ socket }) =>
      new Promise<void>((resolve) => {
        socket.once("close", () => resolve())
        socket.close()
      }),
  )
  await Promise.all(closing)
}

// a page says now and then that it is there
setInterval(() => {
  for (const { socket } of pages) socket.send('[null,"3","phoenix","heartbeat",{}]')
}, 25_000)

process.on("disconnect", () => process.exit())
process.on("message", async (line: string) => {
  const [what, one = "", two = ""] = line.split(" ")
  if (what === "join") await join(one, Number(two))
  const answer =
    what === "click"
      ? await click(Number(one), Number(two))
      : what === "leave"
        ? await leave()
        : null
  process.send?.(answer ?? null)
})
process.send?.("ready")

// Pages that join over real WebSockets, in a process of their own.
import { WebSocket } from "ws"

const origin = `http://127.0.0.1:${process.argv[2]}`
/** What a crowd is told to do. */
export type Told =
  | { readonly do: "join"; readonly path: string; readonly count: number }
  /** At a steady rate, here and there. */
  | {
      readonly do: "pace"
      readonly seconds: number
      readonly rate: number
      readonly events: readonly object[]
    }
  /** Each page again as soon as it is answered. */
  | { readonly do: "rush"; readonly seconds: number; readonly events: readonly object[] }
  | { readonly do: "leave" }

/** Events of a crowd: how long they took there and back, in milliseconds. */
export interface Trips {
  readonly sent: number
  /** With what changed. */
  readonly answered: number
  readonly p50: number
  readonly p99: number
}

interface Page {
  readonly socket: WebSocket
  readonly topic: string
  /** Who waits for an answer: they come in order. */
  readonly asked: ((frame: string) => void)[]
  sent: number
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
  const page: Page = { socket, topic, asked: [], sent: 0 }
  socket.on("message", (data) => {
    const frame = String(data)
    // but not what answers that it is there
    if (!frame.startsWith("[null")) page.asked.shift()?.(frame)
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
    page.asked.push(resolve)
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

async function pace(seconds: number, rate: number, events: readonly object[]): Promise<Trips> {
  const trips: number[] = []
  const started = performance.now()
  let sent = 0
  while (performance.now() - started < seconds * 1000) {
    const due = ((performance.now() - started) / 1000) * rate
    for (; sent < due; sent++) {
      const page = pages[sent % pages.length]
      if (page) void trip(page, events, trips)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await new Promise((resolve) => setTimeout(resolve, 500))
  return told(sent, trips)
}

async function rush(seconds: number, events: readonly object[]): Promise<Trips> {
  const trips: number[] = []
  const end = performance.now() + seconds * 1000
  let sent = 0
  const lane = async (page: Page) => {
    while (performance.now() < end) {
      sent++
      await trip(page, events, trips)
    }
  }
  await Promise.all(pages.map(lane))
  return told(sent, trips)
}

/** The next of the events, in turn. */
async function trip(page: Page, events: readonly object[], trips: number[]): Promise<void> {
  const at = performance.now()
  const answer = await ask(page, "event", events[page.sent++ % events.length] ?? {})
  if (answer.includes('"diff"')) trips.push(performance.now() - at)
}

function told(sent: number, trips: number[]): Trips {
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
process.on("message", async (told: Told) => {
  process.send?.((await does(told)) ?? null)
})
process.send?.("ready")

function does(told: Told): Promise<unknown> {
  if (told.do === "join") return join(told.path, told.count)
  if (told.do === "pace") return pace(told.seconds, told.rate, told.events)
  if (told.do === "rush") return rush(told.seconds, told.events)
  return leave()
}

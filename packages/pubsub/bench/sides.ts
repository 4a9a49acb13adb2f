import { compare, note, table } from "../../../scripts/bench-harness.mjs"

const MESSAGES = 20_000
export const TEXT = "x".repeat(200)
/** Without a word for so long, what is missing is lost. */
const SILENCE = 10_000

/** Two nodes that are joined by something. */
export interface Side {
  say(text: string): unknown
  /** Called for each message on the other node. */
  hear(listener: () => void): void
  stop(): Promise<unknown>
}

export type Sides = Readonly<Record<string, Side>>

interface Burst {
  readonly seconds: number
  /** Microseconds of CPU of this process for each message: both nodes are in it. */
  readonly cpu: number
  readonly lost: number
}

/** Says all as fast as servers do: some hundred a turn of the event loop. */
async function burst(side: Side): Promise<Burst> {
  let heard = 0
  let last = performance.now()
  const all = Promise.withResolvers<void>()
  side.hear(() => {
    heard += 1
    last = performance.now()
    if (heard === MESSAGES) all.resolve()
  })
  const watch = setInterval(() => {
    if (performance.now() - last > SILENCE) all.resolve()
  }, 100)
  const started = performance.now()
  const before = process.cpuUsage()
  const said: unknown[] = []
  for (let at = 0; at < MESSAGES; at++) {
    said.push(side.say(TEXT))
    if (at % 500 === 499) await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(said)
  await all.promise
  clearInterval(watch)
  const { user, system } = process.cpuUsage(before)
  return { seconds: (last - started) / 1_000, cpu: (user + system) / heard, lost: MESSAGES - heard }
}

/** Microseconds from the word to the ear, of one message at a time, that 99 of 100 do not exceed. */
async function latency(side: Side, messages: number, pause: number): Promise<number> {
  const took: number[] = []
  for (let at = 0; at < messages; at++) {
    const heard = Promise.withResolvers<void>()
    side.hear(heard.resolve)
    const started = performance.now()
    await side.say(TEXT)
    await heard.promise
    took.push(performance.now() - started)
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
  }
  return (took.sort((a, b) => a - b)[Math.floor(messages * 0.99) - 1] ?? 0) * 1_000
}

export interface Comparison {
  readonly rounds: number
  /** For the latency. */
  readonly messages: number
  /** Milliseconds between two of these. */
  readonly pause: number
}

/** Messages a second, CPU, latency and loss of the first side, which is ours, beside the others. */
export async function compareSides(
  name: string,
  sides: Sides,
  { rounds, messages, pause }: Comparison,
): Promise<void> {
  const bursts = new Map<string, Burst[]>(Object.keys(sides).map((side) => [side, []]))
  const measured = (measure: (side: Side, name: string) => Promise<number>) => {
    const [ours, ...peers] = Object.entries(sides).map(
      ([name, side]) => [name, { measure: () => measure(side, name) }] as const,
    )
    if (!ours) throw new Error("nothing to compare")
    return { ours: ours[1], peers: Object.fromEntries(peers) }
  }
  await compare({
    bench: `${name}/messages`,
    rounds,
    ...measured(async (side, name) => {
      const found = await burst(side)
      bursts.get(name)?.push(found)
      return (MESSAGES - found.lost) / found.seconds
    }),
  })
  await compare({
    bench: `${name}/CPU of a message`,
    unit: "µs",
    rounds,
    ...measured(async (side, name) => {
      const found = await burst(side)
      bursts.get(name)?.push(found)
      return found.cpu
    }),
  })
  await compare({
    bench: `${name}/p99`,
    unit: "µs",
    rounds,
    ...measured((side) => latency(side, messages, pause)),
  })
  const rows = [...bursts].map(([side, found]) => [
    side,
    found.length * MESSAGES,
    found.reduce((sum, { lost }) => sum + lost, 0),
  ])
  note(`Said and lost over ${name}:\n\n${table([["", "said", "lost"], ...rows])}`)
}

import { type Profiler as Inspected, Session } from "node:inspector/promises"

/** Samples what this process does, ten times a millisecond. */
export class Profiler {
  readonly #session = new Session()

  async start(): Promise<void> {
    this.#session.connect()
    await this.#session.post("Profiler.enable")
    await this.#session.post("Profiler.setSamplingInterval", { interval: 100 })
    await this.#session.post("Profiler.start")
  }

  /** µs in each function itself, by `file:function`. */
  async stop(): Promise<Readonly<Record<string, number>>> {
    const { profile } = await this.#session.post("Profiler.stop")
    this.#session.disconnect()
    return timesOf(profile)
  }
}

function timesOf({ nodes, samples = [], timeDeltas = [] }: Inspected.Profile) {
  const names = new Map(
    nodes.map(({ id, callFrame: { url, functionName } }) => [id, `${url}:${functionName}`]),
  )
  const times: Record<string, number> = {}
  for (const [index, sample] of samples.entries()) {
    const name = names.get(sample) ?? ""
    // the next sample's delta is how long this one's function went on
    times[name] = (times[name] ?? 0) + (timeDeltas[index + 1] ?? 0)
  }
  return times
}

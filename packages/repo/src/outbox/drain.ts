import { type Child, type Duration, parseLimits, type Service } from "@bennu/core"
import type { Deliver, Outbox } from "./outbox.ts"
import { deliveryFailed } from "./telemetry.ts"

export interface OutboxDrainOptions {
  readonly outbox: Pick<Outbox, "drain" | "onWritten">
  readonly deliver: Deliver
  /** How often to look for what other processes wrote, or left behind (`"1s"`). What this one writes is delivered at once. */
  readonly every?: Duration | undefined
}

/**
 * Delivers the messages of an outbox for as long as it runs. Every process of an app may run one: each message is taken
 * by one of them. Stopped, it finishes the delivery that runs, at the latest at the deadline.
 * @example await app.start(outboxDrain({ outbox: events, deliver: ({ topic, message }) => jobs.insert(Tell, { topic, message }) }))
 */
export function outboxDrain({ outbox, deliver, ...given }: OutboxDrainOptions): Child<Service> {
  const { every } = parseLimits("outboxDrain", { every: "1s" }, given)
  return {
    name: "outbox",
    async start() {
      const stopping = new AbortController()
      const aborting = new AbortController()
      let wake = () => {}
      let woken = false
      const listening = outbox.onWritten(() => {
        woken = true
        wake()
      })
      const pause = () =>
        new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, every)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      const run = async () => {
        while (!stopping.signal.aborted) {
          woken = false
          const delivered = await outbox
            .drain(deliver, { signal: aborting.signal, stopping: stopping.signal })
            .catch((error: unknown) => {
              // the database is away: the next look will tell whether it still is
              deliveryFailed.emit(() => ({ topic: "", id: "", attempt: 0, gaveUp: false, error }))
              return 0
            })
          if (delivered === 0 && !woken && !stopping.signal.aborted) await pause()
        }
      }
      const running = run()
      const stop = async (deadline?: AbortSignal) => {
        listening[Symbol.dispose]()
        stopping.abort()
        wake()
        const abort = () => aborting.abort()
        deadline?.addEventListener("abort", abort)
        await running
        deadline?.removeEventListener("abort", abort)
      }
      return { stop, [Symbol.asyncDispose]: () => stop() }
    },
  }
}

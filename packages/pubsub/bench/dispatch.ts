import { AsyncResource } from "node:async_hooks"
import { EventEmitter } from "node:events"
import { local, openPubSub, topic } from "@bennu/pubsub"
import mitt from "mitt"
import * as z from "zod"
import { compare, note } from "../../../scripts/bench-harness.mjs"

const BATCH = 256

/** Messages a second of CPU to so many listeners of one topic among a thousand. */
export async function dispatch(): Promise<void> {
  const pubsub = await openPubSub({ adapter: local() }).start(new AbortController().signal)
  for (const listeners of [0, 1, 10, 1_000]) {
    const name = `room:${listeners}`
    const typed = topic(name, z.object({ text: z.string() }))
    const emitter = new EventEmitter().setMaxListeners(0)
    const small = mitt<Record<string, unknown>>()
    let heard = 0
    const hear = () => {
      heard += 1
    }
    for (let other = 0; other < 1_000; other++) {
      pubsub.bus.subscribe(`other:${other}`, hear)
      emitter.on(`other:${other}`, hear)
      small.on(`other:${other}`, hear)
    }
    for (let listener = 0; listener < listeners; listener++) {
      pubsub.bus.subscribe(name, hear)
      pubsub.subscribe(typed, hear)
      emitter.on(name, hear)
      small.on(name, hear)
    }
    const message = { text: "hello" }
    const batch = (say: () => unknown) => ({
      // as many batches as fit into a tenth of a second of CPU, which others on the machine take nothing of
      measure() {
        const before = process.cpuUsage()
        let said = 0
        for (;;) {
          for (let turn = 0; turn < BATCH; turn++) say()
          said += BATCH
          const { user, system } = process.cpuUsage(before)
          if (user + system > 100_000) return (said / (user + system)) * 1e6
        }
      },
    })
    const peers = {
      EventEmitter: batch(() => emitter.emit(name, "hello")),
      mitt: batch(() => small.emit(name, "hello")),
    }
    const bench = `dispatch/bus, ${listeners}`
    const unit = "ops/CPU s"
    await compare({
      bench,
      unit,
      ours: batch(() => pubsub.bus.localBroadcast(name, "hello")),
      peers,
    })
    await compare({
      bench: `dispatch/topic, ${listeners}`,
      unit,
      ours: batch(() => pubsub.localBroadcast(typed, message)),
      peers: {
        "EventEmitter and zod": batch(() =>
          emitter.emit(name, typed.message["~standard"].validate(message)),
        ),
      },
    })
    if (heard === 0 && listeners > 0) throw new Error("nobody heard anything")
  }
  await (pubsub as unknown as AsyncDisposable)[Symbol.asyncDispose]()
  tellWhereTheTimeGoes()
}

/** Nanoseconds of CPU. */
function costOf(run: () => void): number {
  const times = 3_000_000
  for (let turn = 0; turn < times / 10; turn++) run()
  const before = process.cpuUsage()
  for (let turn = 0; turn < times; turn++) run()
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1_000) / times
}

export function tellWhereTheTimeGoes(): void {
  let heard = 0
  const hear = () => {
    heard += 1
  }
  const context = new AsyncResource("listener", { requireManualDestroy: true })
  const guarded = () => {
    try {
      const done: unknown = context.runInAsyncScope(hear, null)
      if (done instanceof Promise) done.catch(() => {})
    } catch {
      heard = 0
    }
  }
  const [called, inContext, told] = [hear, () => context.runInAsyncScope(hear, null), guarded].map(
    (run) => costOf(run).toFixed(1),
  )
  if (heard === 0) throw new Error("nobody heard anything")
  note(
    `Where the time of a listener goes: calling it takes ${called} ns, in the context of whoever subscribed ${inContext} ns, and watched for what it throws and for its promise ${told} ns. EventEmitter and mitt do neither: their listeners run in the sender's transaction, and one that throws ends the delivery.`,
  )
}

import { EventEmitter } from "node:events"
import { local, openPubSub, topic } from "@bennu/pubsub"
import mitt from "mitt"
import * as z from "zod"
import { compare } from "../../../scripts/bench-harness.mjs"

const BATCH = 64

/** Messages a second to so many listeners of one topic among a thousand. */
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
      // as many batches as fit into a tenth of a second; their rate in messages a second
      measure() {
        const started = performance.now()
        let said = 0
        while (performance.now() - started < 100) {
          for (let turn = 0; turn < BATCH; turn++) say()
          said += BATCH
        }
        return (said / (performance.now() - started)) * 1_000
      },
    })
    const peers = {
      EventEmitter: batch(() => emitter.emit(name, "hello")),
      mitt: batch(() => small.emit(name, "hello")),
    }
    const bench = `dispatch/bus, ${listeners}`
    await compare({ bench, ours: batch(() => pubsub.bus.localBroadcast(name, "hello")), peers })
    await compare({
      bench: `dispatch/topic, ${listeners}`,
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
}

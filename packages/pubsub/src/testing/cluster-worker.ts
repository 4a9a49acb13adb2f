// A worker of the tests: says to the others what its primary tells it, and to its primary what it hears.
import { cluster } from "../adapters/cluster.ts"
import { openPubSub } from "../index.ts"

const pubsub = await openPubSub({ adapter: cluster() }).start(new AbortController().signal)
pubsub.bus.subscribe("room", (text) => process.send?.({ heard: text }))
process.on("message", (message) => {
  if (typeof message === "object" && message !== null && "say" in message)
    void pubsub.bus.broadcast("room", String(message.say))
})
process.send?.({ ready: true })

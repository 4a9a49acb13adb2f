import { createServer } from "node:http"
import { type Adapter, openPubSub } from "@bennu/pubsub"
import { Server, type ServerOptions } from "socket.io"
import type { Side } from "./sides.ts"

/** What says and is heard on two nodes of something, with what ends them. */
export async function sideOf(
  say: (text: string) => unknown,
  listen: (heard: () => void) => unknown,
  stop: () => Promise<unknown>,
): Promise<Side> {
  let heard = () => {}
  await listen(() => heard())
  return {
    say,
    hear(listener) {
      heard = listener
    },
    stop,
  }
}

export async function ours(adapter: () => Adapter): Promise<Side> {
  const { signal } = new AbortController()
  const start = () => openPubSub({ adapter: adapter() }).start(signal)
  const [here, there] = await Promise.all([start(), start()])
  return sideOf(
    (text) => here.bus.broadcast("room", text),
    (heard) => there.bus.subscribe("room", heard),
    () => Promise.all([here[Symbol.asyncDispose](), there[Symbol.asyncDispose]()]),
  )
}

/** `serverSideEmit` needs no sockets: what is measured is the adapter. */
export async function socketIo(
  adapter: () => ServerOptions["adapter"],
  end: () => Promise<unknown>,
): Promise<Side> {
  const start = () => new Server(createServer(), { adapter: adapter() })
  const [here, there] = [start(), start()]
  // it does not say when it has subscribed
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  return sideOf(
    (text) => here.serverSideEmit("message", text),
    (heard) => there.on("message", heard),
    async () => {
      here.close()
      there.close()
      await end()
    },
  )
}

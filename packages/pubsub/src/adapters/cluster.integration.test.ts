import nodeCluster from "node:cluster"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { openPubSub } from "../index.ts"
import { cluster, clusterBroker } from "./cluster.ts"

it("workers of node:cluster and their primary hear one another, also after one was killed", async () => {
  nodeCluster.setupPrimary({
    exec: fileURLToPath(new URL("../testing/cluster-worker.ts", import.meta.url)),
    execArgv: ["--conditions=@bennu/source"],
  })
  using broker = clusterBroker()
  const adapter = cluster({ broker })
  await using pubsub = await openPubSub({ adapter }).start(new AbortController().signal)
  const heard: string[] = []
  pubsub.bus.subscribe("room", (text) => heard.push(`primary ${text}`))
  const fork = async (name: string) => {
    const worker = nodeCluster.fork()
    await new Promise<void>((resolve) =>
      worker.on("message", (message) => {
        if (message.ready) resolve()
        if (message.heard) heard.push(`${name} ${message.heard}`)
      }),
    )
    return worker
  }
  const [one, two] = await Promise.all([fork("one"), fork("two")])
  one.send({ say: "a" })
  await expect.poll(() => heard.length).toBe(3)
  one.process.kill("SIGKILL")
  const three = await fork("three")
  await pubsub.bus.broadcast("room", "b")
  await expect.poll(() => heard.length).toBe(6)
  expect(heard.toSorted()).toEqual(["one a", "primary a", "primary b", "three b", "two a", "two b"])
  for (const worker of [two, three]) worker.process.kill("SIGKILL")
})

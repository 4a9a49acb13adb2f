import { EventEmitter } from "node:events"
import { describe, expect, it } from "vitest"
import { Link } from "../internal/link.ts"
import { messagesDropped } from "../telemetry.ts"
import { adapterContract } from "../testing.ts"
import { cluster } from "./cluster.ts"
import { ClusterBroker, type ClusterWorker } from "./cluster-broker.ts"
import { clusterWire, memberOf, type WorkerProcess } from "./cluster-wire.ts"

type Sent = [undefined, undefined, (error: Error | null) => void]

/** A primary and workers in one process, with the callbacks and the delay of real ones. */
function machine() {
  const primary = new EventEmitter()
  function worker() {
    const inside = new EventEmitter()
    const state = { reads: true }
    const outside: ClusterWorker = {
      isConnected: () => true,
      send(message, ...[, , sent]: Sent) {
        if (!state.reads) return false
        queueMicrotask(() => {
          inside.emit("message", structuredClone(message))
          sent(null)
        })
        return true
      },
    }
    const process: WorkerProcess = Object.assign(inside, {
      connected: true,
      send(message: unknown, ...[, , sent]: Sent) {
        queueMicrotask(() => {
          primary.emit("message", outside, structuredClone(message))
          sent(null)
        })
        return true
      },
    })
    const adapter = (options = {}) =>
      new Link(
        clusterWire((hear, fail) => memberOf(process, "pubsub", hear, fail)),
        options,
      )
    return { adapter, state, inside, disconnect: () => primary.emit("disconnect", outside) }
  }
  return { primary, worker }
}

adapterContract("cluster", async () => {
  const { primary, worker } = machine()
  new ClusterBroker(primary, {})
  return [worker().adapter(), worker().adapter()]
})

adapterContract("cluster, the primary being one of them", async () => {
  const { primary, worker } = machine()
  const broker = new ClusterBroker(primary, {})
  return [cluster({ broker }), worker().adapter()]
})

describe("the broker of a cluster", () => {
  it("keeps only so much for a worker that does not read, which then knows what it missed", async () => {
    const { primary, worker } = machine()
    using _broker = new ClusterBroker(primary, { maxPending: 1_000 })
    const [speaking, stuck] = [worker(), worker()]
    await using here = speaking.adapter()
    await using there = stuck.adapter({ heartbeat: 60_000 })
    const heard: string[] = []
    const gaps: unknown[] = []
    await here.connect(() => {})
    await there.connect(
      (_, message) => heard.push(message),
      ({ count }) => gaps.push(count),
    )
    await here.broadcast("t", "before")
    stuck.state.reads = false
    let dropped = 0
    using _reports = messagesDropped.subscribe(({ count }) => {
      dropped += count
    })
    for (let at = 0; at < 10; at++) await here.broadcast("t", "x".repeat(200))
    expect(dropped).toBeGreaterThan(4)
    stuck.state.reads = true
    stuck.disconnect()
    await there.broadcast("t", "I am back")
    await here.broadcast("t", "after")
    await expect.poll(() => heard.at(-1)).toBe("after")
    expect(gaps).toEqual([10])
  })

  it("does not listen to what others send", async () => {
    const { primary, worker } = machine()
    using broker = new ClusterBroker(primary, {})
    const heard: string[] = []
    using _member = broker.join((packet) => heard.push(packet))
    const outside = { isConnected: () => true, send: () => true }
    for (const message of [null, "x", {}, { bennu: "other", packet: "x" }, { packet: "x" }])
      primary.emit("message", outside, message)
    const { inside, adapter } = worker()
    await using one = adapter()
    await one.connect(() => heard.push("delivered"))
    inside.emit("message", { type: "somebody else's" })
    expect(heard.filter((packet) => !packet.includes("\n"))).toEqual([])
  })
})

describe("the cluster adapter", () => {
  it("says in a process that is no worker that nobody else hears it", async () => {
    const adapter = cluster({ channel: "nobody", connectTimeout: 50 })
    await adapter.connect(() => {})
    expect(adapter.health?.()).toMatchObject({ status: "degraded" })
    await adapter[Symbol.asyncDispose]()
  })
})

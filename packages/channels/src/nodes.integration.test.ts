import { randomUUID } from "node:crypto"
import { ok } from "@bennu/core"
import { openPubSub } from "@bennu/pubsub"
import { redis } from "@bennu/pubsub/redis"
import { redisForTests } from "bennu-testkit"
import { afterAll, describe, expect, it, onTestFinished } from "vitest"
import { RawClient } from "../fixtures/raw-client.ts"
import { serve } from "../fixtures/serve.ts"
import { disconnect, type Revoked, revokeSession, socket } from "./index.ts"
import { echo } from "./testing/fixtures.ts"

const server = await redisForTests()
afterAll(() => server?.stop())

/** What tells of revoked sessions, on the one node that is told. */
class Revoker {
  #listener: (revoked: Revoked) => void = () => {}

  subscribe(listener: (revoked: Revoked) => void): Disposable {
    this.#listener = listener
    return { [Symbol.dispose]() {} }
  }

  revoke(session: string): void {
    this.#listener({ session })
  }
}

async function nodes(revocations: Revoker) {
  const prefix = randomUUID()
  const node = async (revocations?: Revoker) => {
    const adapter = redis({ url: server?.url, prefix })
    const pubsub = await openPubSub({ adapter }).start(new AbortController().signal)
    const rooms = socket<string>({
      channels: { echo },
      pubsub,
      connect: ({ params }) => ok(String(params["user"])),
      id: (user) => `users:${user}`,
      session: (user) => `session of ${user}`,
      revocations,
    })
    const served = await serve(rooms)
    onTestFinished(async () => {
      await served[Symbol.asyncDispose]()
      await adapter[Symbol.asyncDispose]()
    })
    const connect = async (user: string) => {
      const target = `GET /socket/websocket?user=${user}&vsn=2.0.0 HTTP/1.1`
      const client = await RawClient.connect(served.url, [target])
      if (!(client instanceof RawClient)) throw new Error("refused")
      return client
    }
    return { pubsub, connect }
  }
  return { here: await node(revocations), there: await node() }
}

type Nodes = Awaited<ReturnType<typeof nodes>>
type Act = (both: Nodes, revoker: Revoker) => unknown

const acts: readonly (readonly [name: string, act: Act])[] = [
  ["a forced disconnect by id", ({ here }) => disconnect(here.pubsub, "users:ada")],
  ["a session that is revoked", ({ here }) => revokeSession(here.pubsub, "session of ada")],
  ["a revocation that one node hears of", (_, revoker) => revoker.revoke("session of ada")],
]

describe.skipIf(!server)("two nodes on Redis", () => {
  it.each(acts)("%s closes its sockets on both, and nobody else's", async (_, act) => {
    const revoker = new Revoker()
    const both = await nodes(revoker)
    const ada = await Promise.all([both.here.connect("ada"), both.there.connect("ada")])
    const bob = await Promise.all([both.here.connect("bob"), both.there.connect("bob")])
    const left: string[] = []
    for (const client of bob) void client.closed.then(() => left.push("bob"))
    await act(both, revoker)
    expect(await Promise.all(ada.map(({ closed }) => closed))).toEqual([1001, 1001])
    expect(left).toEqual([])
    for (const client of [...ada, ...bob]) client[Symbol.dispose]()
    await expect.poll(() => left.length).toBe(2)
  })
})

import { ok } from "@bennu/core"
import { local, openPubSub, type PubSub } from "@bennu/pubsub"
import { describe, expect, it } from "vitest"
import type { Revocations, Revoked } from "./index.ts"
import { socketHandler } from "./socket.ts"
import { echo } from "./testing/fixtures.ts"
import { Alarms, connectSocket } from "./testing.ts"

/** What auth will be: tells whoever asks on one node. */
class FakeRevocations implements Revocations {
  readonly #listeners = new Set<(revoked: Revoked) => void>()

  subscribe(listener: (revoked: Revoked) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  revoke(session: string): void {
    for (const listener of this.#listeners) listener({ session })
  }
}

interface User {
  readonly session: string
}

function node(pubsub: PubSub, revocations?: Revocations, socketsPerSession?: number) {
  const handler = socketHandler<User>({
    channels: { echo },
    pubsub,
    connect: ({ params }) => ok({ session: String(params["session"]) }),
    session: ({ session }) => (session === "anonymous" ? null : session),
    revocations,
    limits: { socketsPerSession },
  })
  return (session: string) => connectSocket(handler, { params: { session } })
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
const bus = () => openPubSub({ adapter: local() }).start(new AbortController().signal)

describe("a session that is revoked", () => {
  it("has its sockets closed with 1001 on every node, and nobody else's", async () => {
    const pubsub = await bus()
    const revocations = new FakeRevocations()
    const [here, there] = [node(pubsub, revocations), node(pubsub)]
    const theirs = [await here("a"), await here("a"), await there("a")]
    const others = [await here("b"), await there("b"), await there("anonymous")]
    revocations.revoke("a")
    expect(theirs.map(({ closeCode }) => closeCode)).toEqual([1001, 1001, 1001])
    expect(others.map(({ closeCode }) => closeCode)).toEqual([null, null, null])
    expect(theirs[0]?.closeReason).toBe("the session has ended")
  })

  it("may be named like anything", async () => {
    const pubsub = await bus()
    const revocations = new FakeRevocations()
    const here = node(pubsub, revocations)
    const [proto, other] = [await here("__proto__"), await here("constructor")]
    revocations.revoke("__proto__")
    expect([proto.closeCode, other.closeCode]).toEqual([1001, null])
  })
})

describe("a socket whose client is asked for again", () => {
  it("is closed when the client is no longer welcome, or nobody can tell", async () => {
    const alarms = new Alarms()
    const answers: Readonly<Record<string, () => boolean>> = {
      ada: () => true,
      bob: () => false,
      eve() {
        throw new Error("the database is away")
      },
      // what an app without types may forget to return
      joe: () => undefined as unknown as boolean,
    }
    const handler = socketHandler<User>({
      channels: { echo },
      pubsub: await bus(),
      connect: ({ params }) => ok({ session: String(params["session"]) }),
      recheck: { every: "5m", isWelcome: ({ session }) => (answers[session] ?? (() => false))() },
      timer: alarms.timer,
    })
    const connect = (session: string) => connectSocket(handler, { params: { session } })
    const clients = await Promise.all(["ada", "bob", "eve", "joe"].map(connect))
    const codes = () => clients.map(({ closeCode }) => closeCode)
    alarms.pass(299_999)
    await settled()
    expect(codes()).toEqual([null, null, null, null])
    for (let round = 0; round < 3; round++) {
      alarms.pass(300_000)
      await settled()
      expect(codes()).toEqual([null, 1001, 1001, 1001])
    }
  })

  it("is not asked for once it is closed", async () => {
    const alarms = new Alarms()
    let asked = 0
    const handler = socketHandler<User>({
      channels: { echo },
      pubsub: await bus(),
      connect: () => ok({ session: "a" }),
      recheck: { every: 1_000, isWelcome: () => ++asked > 0 },
      timer: alarms.timer,
    })
    const client = await connectSocket(handler)
    alarms.pass(1_000)
    await settled()
    client.disconnect()
    alarms.pass(10_000)
    await settled()
    expect(asked).toBe(1)
  })
})

describe("one session", () => {
  it("may have fifty sockets and not one more, and another when one is closed", async () => {
    const connect = node(await bus())
    const sockets = await Promise.all(Array.from({ length: 50 }, () => connect("a")))
    await expect(connect("a")).rejects.toMatchObject({ status: 429 })
    await expect(connect("b")).resolves.toBeDefined()
    sockets[0]?.disconnect()
    await expect(connect("a")).resolves.toBeDefined()
    await expect(connect("a")).rejects.toMatchObject({ status: 429 })
  })

  it("may not have more by asking for them all at once", async () => {
    const connect = node(await bus(), undefined, 3)
    const sockets = await Promise.allSettled(Array.from({ length: 20 }, () => connect("a")))
    const open = sockets.filter((it) => it.status === "fulfilled" && it.value.closeCode === null)
    expect(open).toHaveLength(3)
  })

  it("is not limited where it has no name", async () => {
    const connect = node(await bus(), undefined, 1)
    for (let count = 0; count < 5; count++) await connect("anonymous")
  })
})

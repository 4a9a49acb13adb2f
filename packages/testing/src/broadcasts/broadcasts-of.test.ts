import { local, openPubSub, type PubSub, topic } from "@bennu/pubsub"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as z from "zod"
import { broadcastsOf, type Fixture, setup, withBroadcasts } from "../index.ts"

const Change = z.object({
  id: z.int(),
  todo: z.object({ title: z.string(), tags: z.array(z.string()) }).optional(),
})
const changesOf = (user: string) => topic(`todos:${user}`, Change)
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error) => error,
  )

describe("broadcastsOf", () => {
  let pubsub: PubSub & AsyncDisposable
  beforeAll(async () => {
    const opened = await openPubSub({ adapter: local() }).start(AbortSignal.any([]))
    pubsub = opened as typeof pubsub
  })
  afterAll(() => pubsub[Symbol.asyncDispose]())

  it("asserts what was said, once for each message, in any order", async () => {
    using changes = broadcastsOf(pubsub, changesOf("ada"))
    await pubsub.broadcast(changesOf("ada"), { id: 1 })
    await pubsub.broadcast(changesOf("ada"), { id: 2, todo: { title: "Sow", tags: ["a", "b"] } })
    await pubsub.broadcast(changesOf("eve"), { id: 3 })
    expect(await changes.assertBroadcast({ todo: { tags: ["b"] } })).toMatchObject({ id: 2 })
    await changes.refuteBroadcast({ id: 2 }, { timeout: 0 })
    expect(changes.messages).toEqual([{ id: 1 }])
    expect(await changes.assertBroadcast()).toEqual({ id: 1 })
    expect(changes.messages).toEqual([])
  })

  it("waits for what is said later, by whoever asks", async () => {
    using changes = broadcastsOf(pubsub, changesOf("ada"))
    const asserted = [
      changes.assertBroadcast(({ id }) => id > 5),
      changes.assertBroadcast(({ id }) => id > 5),
      changes.assertBroadcast({ id: 1 }),
    ]
    for (const id of [6, 1, 7]) await pubsub.broadcast(changesOf("ada"), { id })
    expect(await Promise.all(asserted)).toEqual([{ id: 6 }, { id: 7 }, { id: 1 }])
  })

  it("fails where nothing like it was said in time, with what was said instead", async () => {
    using changes = broadcastsOf(pubsub, changesOf("ada"))
    await pubsub.broadcast(changesOf("ada"), { id: 1 })
    expect(await failure(changes.assertBroadcast({ id: 2 }, { timeout: 1 }))).toMatchObject({
      code: "ERR_TESTING_BROADCAST",
      topic: "todos:ada",
      messages: [{ id: 1 }],
      message: "todos:ada did not say { id: 2 } in time (1); it said:\n- { id: 1 }",
    })
    await changes.assertBroadcast()
    expect(await failure(changes.assertBroadcast(undefined, { timeout: 0 }))).toMatchObject({
      message: "todos:ada did not say anything in time (0); it said nothing else",
    })
  })

  it("fails as soon as something was said that must not be", async () => {
    using changes = broadcastsOf(pubsub, changesOf("ada"))
    const refuted = failure(changes.refuteBroadcast({ id: 2 }, { timeout: "1h" }))
    for (const id of [1, 2]) await pubsub.broadcast(changesOf("ada"), { id })
    expect(await refuted).toMatchObject({
      message: "todos:ada said { id: 2 }; it said:\n- { id: 1 }\n- { id: 2 }",
    })
    await changes.refuteBroadcast({ id: 3 }, { timeout: 1 })
  })

  it("stops waiting with the test, and tells of a function that fails", async () => {
    using changes = broadcastsOf(pubsub, changesOf("ada"))
    const over = new Error("the test is over")
    const stop = new AbortController()
    const waiting = failure(changes.assertBroadcast({}, { timeout: "1h", signal: stop.signal }))
    stop.abort(over)
    expect(await waiting).toBe(over)
    expect(await failure(changes.refuteBroadcast({}, { signal: stop.signal }))).toBe(over)
    const wrong = () => {
      throw over
    }
    const looking = failure(changes.assertBroadcast(wrong, { timeout: "1h" }))
    await pubsub.broadcast(changesOf("ada"), { id: 1 })
    expect(await looking).toBe(over)
  })

  it("keeps no more than it may, and asserts nothing of what it did not keep", async () => {
    using changes = broadcastsOf(pubsub, changesOf("ada"), { maxMessages: 2 })
    for (const id of [1, 2, 3]) await pubsub.broadcast(changesOf("ada"), { id })
    expect(changes.messages).toHaveLength(2)
    for (const asked of [changes.assertBroadcast({ id: 1 }), changes.refuteBroadcast({ id: 9 })])
      expect(await failure(asked)).toMatchObject({
        message: expect.stringContaining("said more than 2 messages that nobody asserted"),
      })
    expect(() => broadcastsOf(pubsub, changesOf("ada"), { maxMessages: Number.NaN })).toThrow()
  })

  it("hears all of a topic that chooses whom it tells, until it is disposed", async () => {
    const silent = topic("silent", Change, {
      dispatch: (_hearers: readonly { readonly meta: { user: string } }[]) => {},
    })
    const said = broadcastsOf(pubsub, silent)
    await pubsub.broadcast(silent, { id: 1 })
    await said.assertBroadcast({ id: 1 })
    said[Symbol.dispose]()
    await pubsub.broadcast(silent, { id: 2 })
    expect(said.messages).toEqual([])
  })

  it("is a fixture, of what fixtures before it made", async () => {
    const ada: Fixture<object, { readonly user: string }> = (_given, use) => use({ user: "ada" })
    const members = setup()
      .and(ada)
      .and(
        withBroadcasts("changes", pubsub, ({ user }: { readonly user: string }) => changesOf(user)),
      )
    const kept = await members.run(async ({ changes }) => {
      await pubsub.broadcast(changesOf("ada"), { id: 1 })
      await changes.assertBroadcast({ id: 1 })
      return changes
    })
    await pubsub.broadcast(changesOf("ada"), { id: 2 })
    expect(kept.messages).toEqual([])
  })
})

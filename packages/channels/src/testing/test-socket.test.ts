import { err } from "@bennu/core"
import { local, openPubSub } from "@bennu/pubsub"
import { describe, expect, it } from "vitest"
import { socket } from "../index.ts"
import { connectSocket } from "../testing.ts"
import { echo, openSocket } from "./fixtures.ts"

describe("connectSocket", () => {
  it("fails with the status when the handler refuses", async () => {
    const pubsub = await openPubSub({ adapter: local() }).start(new AbortController().signal)
    const handler = socket({ channels: {}, pubsub, connect: () => err({ status: 429 }) })
    await expect(connectSocket(handler)).rejects.toMatchObject({
      code: "ERR_CHANNELS_TEST_SOCKET_REFUSED",
      status: 429,
    })
  })
})

describe("a test channel", () => {
  it("says what did arrive when a reply is another one", async () => {
    const { client } = await openSocket({ "room:*": echo })
    const room = await client.join("room:1")
    const push = room.push("echo", { a: 1 })
    await push.assertReply("ok", { a: 1 })
    await expect(push.assertReply("ok", { a: 2 })).rejects.toThrow('{"a":1}')
    await expect(push.assertReply("error")).rejects.toThrow('"error"')
  })

  it("says what did arrive when nothing comes that is waited for", async () => {
    const { client } = await openSocket({ "room:*": echo }, {}, { timeout: 1 })
    const room = await client.join("room:1")
    room.push("echo", { a: 1 })
    await expect(room.next("said")).rejects.toThrow('"said" on "room:1" did not arrive')
    await expect(room.next("said")).rejects.toThrow('{"a":1}')
  })

  it("takes each message once", async () => {
    const twice = {
      join: ({ push }: { push(event: string, payload: object): void }) => ({
        message() {
          push("n", { n: 1 })
          push("n", { n: 2 })
        },
        terminate() {},
      }),
    }
    const { client } = await openSocket({ "room:*": twice })
    const room = await client.join("room:1")
    const first = room.next("n")
    room.push("go")
    expect([await first, await room.next("n")]).toEqual([{ n: 1 }, { n: 2 }])
  })
})

import { describe, expect, it } from "vitest"
import { echo, openSocket } from "./testing/fixtures.ts"
import { type ConnectOptions, upgradeRequest } from "./testing.ts"

const upload = { ...echo, limits: { frameBytes: 1_000, eventsPerSecond: 5 } }
const options = { limits: { frameBytes: 100, eventsPerSecond: 2, eventBurst: 2 }, now: () => 0 }
const open = (connect?: ConnectOptions) =>
  openSocket({ "room:*": echo, "upload:*": upload }, options, connect)
const chunk = (topic: string, bytes: number, joinRef = "1") => {
  const head = [0, joinRef.length, 1, topic.length, 1, ...Buffer.from(`${joinRef}2${topic}c`)]
  return Uint8Array.from([...head, ...new Uint8Array(bytes - head.length)])
}

describe("a handler with limits of its own", () => {
  it("takes frames of their size in its joined channels, and the socket's elsewhere", async () => {
    const { client } = await open()
    const [file, room] = [await client.join("upload:1"), await client.join("room:1")]
    client.send(chunk("upload:1", 1_000, file.joinRef))
    expect(client.closeCode).toBeNull()
    client.send(chunk("room:1", 100, room.joinRef))
    expect(client.closeCode).toBeNull()
    client.send(chunk("room:1", 101, room.joinRef))
    expect(client.closeCode).toBe(1009)
  })

  it("closes the socket for one byte more than its size", async () => {
    const { client } = await open()
    const file = await client.join("upload:1")
    client.send(chunk("upload:1", 1_001, file.joinRef))
    expect(client.closeCode).toBe(1009)
  })

  it("does not raise the size for who has not joined, or is about to", async () => {
    const long = `["1","1","upload:1","phx_join",{"x":"${"x".repeat(100)}"}]`
    for (const frame of [chunk("upload:1", 101), long]) {
      const { client } = await open()
      client.send(frame)
      expect(client.closeCode).toBe(1009)
    }
  })

  it("counts the events of its channels apart from the socket's", async () => {
    const { client } = await open()
    const [file, room] = [await client.join("upload:1"), await client.join("room:1")]
    const files = await Promise.all(Array.from({ length: 11 }, () => file.push("c").reply()))
    expect(files.map(({ status }) => status)).toEqual([...Array(10).fill("ok"), "error"])
    await room.push("c").assertReply("ok")
    await room.push("c").assertReply("ok")
    await room.push("c").assertReply("error", { reason: "too many events" })
  })

  it("makes the transport take what the largest of them takes", async () => {
    const { handler } = await open()
    expect(await handler.upgrade(upgradeRequest())).toMatchObject({ maxPayload: 1_000 })
  })

  it("has limits that are some", async () => {
    const none = { ...echo, limits: { frameBytes: Number.NaN } }
    await expect(openSocket({ none })).rejects.toThrow("frameBytes")
  })
})

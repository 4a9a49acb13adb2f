import { err, ok, type Result } from "@bennu/core"
import type { Socket } from "phoenix"
import { expectTypeOf, test } from "vitest"
import * as z from "zod"
import { channelOf, type Refusal } from "../client.ts"
import { type ContractOf, channel } from "../index.ts"

const Room = channel({
  params: z.object({ name: z.string() }),
  events: { say: z.object({ text: z.string() }), wave: z.object({}) },
  pushes: { said: z.object({ from: z.string() }) },
  join: () => ok({}),
  handleEvent: {
    say: (_socket, { text }) => (text === "" ? err({ empty: true }) : ok({ length: text.length })),
    wave() {},
  },
})
type Room = ContractOf<typeof Room>

declare const socket: Socket

test("a client's channel has the types of its contract, on the official client", async () => {
  const room = channelOf<Room>(socket, "room:1", { name: "Ada" })
  expectTypeOf(await room.push("say", { text: "hey" })).toEqualTypeOf<
    Result<{ length: number }, { empty: boolean } | Refusal>
  >()
  room.on("said", ({ from }) => expectTypeOf(from).toEqualTypeOf<string>())
  // @ts-expect-error an event has the shape that the channel takes
  room.push("say", { text: 1 })
  // @ts-expect-error only what is declared is sent
  room.push("shout", {})
  // @ts-expect-error only what the channel sends is heard
  room.on("shouted", () => {})
  // @ts-expect-error one joins with what the channel asks for
  channelOf<Room>(socket, "room:1", {})
})

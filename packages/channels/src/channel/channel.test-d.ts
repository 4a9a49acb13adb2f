import { err, ok } from "@bennu/core"
import type { PubSub } from "@bennu/pubsub"
import { expectTypeOf, test } from "vitest"
import * as z from "zod"
import { type ContractOf, channel, channels, replyLater, socket } from "../index.ts"

declare const pubsub: PubSub

const Room = channels<{ readonly user: string }>()({
  params: z.object({ password: z.string() }),
  events: { say: z.object({ text: z.string() }), count: z.object({ by: z.coerce.number() }) },
  pushes: { said: z.object({ text: z.string() }) },
  async join({ params, assigns }) {
    expectTypeOf(params).toEqualTypeOf<{ password: string }>()
    expectTypeOf(assigns).toEqualTypeOf<{ readonly user: string }>()
    return params.password === "" ? err({ reason: "no" }) : ok({ assigns: { count: 0 } })
  },
  handleEvent: {
    say(socket, { text }) {
      expectTypeOf(text).toEqualTypeOf<string>()
      expectTypeOf(socket.assigns.count).toEqualTypeOf<number>()
      expectTypeOf(socket.assigns.user).toEqualTypeOf<string>()
      socket.push("said", { text })
      // @ts-expect-error a push has the shape of its message
      socket.push("said", { text: 1 })
      // @ts-expect-error only what is declared is pushed
      socket.push("else", { text })
      // @ts-expect-error assigns keep their types
      socket.assign({ count: "1" })
      // @ts-expect-error assigns are replaced, not changed
      socket.assigns.count = 1
    },
    count(socket, { by }) {
      socket.assign({ count: socket.assigns.count + by })
      return socket.assigns.count > 9 ? err({ most: 9 }) : ok({ count: socket.assigns.count })
    },
  },
})

test("a channel has one contract, for the server and for its clients", () => {
  expectTypeOf<ContractOf<typeof Room>>().toEqualTypeOf<{
    readonly params: { password: string }
    readonly events: { say: { text: string }; count: { by: number } }
    readonly replies: {
      readonly say: { readonly ok: never; readonly error: never }
      readonly count: { readonly ok: { count: number }; readonly error: { most: number } }
    }
    readonly pushes: { said: { text: string } }
    readonly meta: never
  }>()
})

test("what is answered later is in the contract as what is answered at once", () => {
  const Desk = channel({
    events: { ask: z.object({}), tell: z.object({}) },
    join: () => ok({}),
    handleEvent: {
      ask: () => replyLater(async (signal) => (signal.aborted ? err({ no: 1 }) : ok({ yes: 2 }))),
      tell: () => replyLater(async () => {}),
    },
  })
  expectTypeOf<ContractOf<typeof Desk>["replies"]>().toEqualTypeOf<{
    readonly ask: { readonly ok: { yes: number }; readonly error: { no: number } }
    readonly tell: { readonly ok: never; readonly error: never }
  }>()
  channel({
    events: { ask: z.object({}) },
    join: () => ok({}),
    // @ts-expect-error an answer is ok or err, later too
    handleEvent: { ask: () => replyLater(async () => 1) },
  })
})

test("every declared event is handled", () => {
  channel({
    events: { say: z.object({}), shout: z.object({}) },
    join: () => ok({}),
    // @ts-expect-error shout is not handled
    handleEvent: { say() {} },
  })
})

test("a handler answers ok or err, with an object", () => {
  channel({
    events: { say: z.object({}) },
    join: () => ok({}),
    // @ts-expect-error a response is an object
    handleEvent: { say: () => ok("done") },
  })
})

test("a channel fits into a socket whose connect assigns what it needs", () => {
  socket({ channels: { "room:*": Room }, pubsub, connect: () => ok({ user: "ada", more: 1 }) })
  socket({
    channels: { "room:*": Room, lobby: channel({ join: () => ok({}) }) },
    pubsub,
    connect: ({ authToken }) => (authToken ? ok({ user: authToken }) : err({ status: 403 })),
    id: ({ user }) => `users:${user}`,
  })
  socket({ channels: { lobby: channel({ join: () => ok({}) }) }, pubsub })
  // @ts-expect-error connect assigns no user
  socket({ channels: { "room:*": Room }, pubsub, connect: () => ok({ guest: true }) })
  // @ts-expect-error nothing is assigned without connect
  socket({ channels: { "room:*": Room }, pubsub })
  // @ts-expect-error the id is made of what connect assigns
  socket({ channels: {}, pubsub, connect: () => ok({ user: 1 }), id: ({ user }) => user })
})

test("what is told of who is present has the shape that is declared", () => {
  const Lobby = channel({
    events: { away: z.object({}) },
    metas: z.object({ status: z.enum(["here", "away"]) }),
    join: () => ok({ assigns: { name: "Ada" } }),
    joined(socket) {
      const present = socket.track(socket.assigns.name, { status: "here" })
      present.update({ status: "away" })
      // @ts-expect-error a status that nobody declared
      present.update({ status: "gone" })
    },
    handleEvent: {
      away(socket) {
        // @ts-expect-error a meta without its status
        socket.track("Ada", {})
      },
    },
  })
  expectTypeOf<ContractOf<typeof Lobby>["meta"]>().toEqualTypeOf<{ status: "here" | "away" }>()
  channel({
    join: () => ok({}),
    joined(socket) {
      // @ts-expect-error nothing is declared to be told
      socket.track("Ada", {})
    },
  })
})

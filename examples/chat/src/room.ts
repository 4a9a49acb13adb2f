import { type ContractOf, channel, type PresentHere } from "@bennu/channels"
import { err, ok } from "@bennu/core"
import * as z from "zod"

/** A room to talk in: what may come in, what goes out, and what is told of those who are there. */
export const Room = channel({
  params: z.object({ name: z.string().trim().min(1).max(40) }),
  events: {
    say: z.object({ text: z.string().trim().min(1).max(2_000) }),
    typing: z.object({ typing: z.boolean() }),
  },
  pushes: { said: z.object({ from: z.string(), text: z.string(), at: z.number() }) },
  metas: z.object({ typing: z.boolean() }),
  history: { limit: 200, ttl: "10m" },
  join: ({ topic, params: { name } }) =>
    /^room:[a-z0-9-]{1,40}$/.test(topic)
      ? ok({ assigns: { name, here: null as PresentHere<{ typing: boolean }> | null } })
      : err({ reason: "there is no such room" }),
  joined(socket) {
    socket.assign({ here: socket.track(socket.assigns.name, { typing: false }) })
  },
  handleEvent: {
    async say(socket, { text }) {
      await socket.broadcast("said", { from: socket.assigns.name, text, at: Date.now() })
      return ok({})
    },
    typing: (socket, { typing }) => socket.assigns.here?.update({ typing }),
  },
})

/** What the page and the room agreed upon. */
export type Room = ContractOf<typeof Room>

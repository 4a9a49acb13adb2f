import { type ContractOf, channel } from "@bennu/channels"
import { ok } from "@bennu/core"
import * as z from "zod"

const said = z.object({ from: z.string(), number: z.number() })

/** Says to all what one of them says, and answers when it has been sent. @param forgets Whether it answers without sending, now and then. */
export const roomOf = (forgets: boolean) =>
  channel({
    events: { say: said },
    pushes: { said },
    history: { limit: 5_000, ttl: "5m" },
    join: () => ok({}),
    handleEvent: {
      async say(socket, message) {
        if (!forgets || message.number % 50 !== 0) await socket.broadcast("said", message)
        return ok({})
      },
    },
  })

export type Room = ContractOf<ReturnType<typeof roomOf>>

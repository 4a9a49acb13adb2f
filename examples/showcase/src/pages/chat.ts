// A topic has a name and the shape of its messages. Whoever subscribed
// hears them, in this window or on another node.

import { randomToken } from "@bennu/core/crypto"
import { each, html } from "@bennu/html"
import { clientHook, on } from "@bennu/live"
import { topic } from "@bennu/pubsub"
import * as z from "zod"
import { badge, demo } from "../components.ts"
import { liveView } from "../vocabulary.ts"

const Message = z.object({
  id: z.string(),
  from: z.object({ id: z.string(), name: z.string() }),
  text: z.string(),
  at: z.number(),
})
const said = topic("chat", Message)
/** The page keeps the last fifty, the newest on top; its view keeps none. */
const onTop = { at: 0, limit: 50 } as const

/** A hook that stands beside its markup: it runs in the page, where the reader's clock is. */
const localTime = clientHook("LocalTime", {
  mounted() {
    const at = new Date(Number(this.el.dataset["at"]))
    this.el.textContent = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
  },
})

export const ChatLive = liveView({
  public: true,
  hooks: [localTime],
  streams: { messages: ({ id }: z.output<typeof Message>) => id },
  events: { say: z.object({ text: z.string().trim().max(500) }) },
  // the form is new after each message, and so is its input
  mount: () => ({ drafts: 0 }),
  handleEvent: {
    async say(socket, { text }) {
      if (text === "") return socket
      const message = { id: randomToken(9), from: socket.scope.visitor, text, at: Date.now() }
      await socket.broadcastFrom(said, message)
      return socket
        .streamInsert("messages", message, onTop)
        .update("drafts", (drafts) => drafts + 1)
    },
  },
  // those of others: this view knows what it said itself
  subscribe: (_) => [
    on(said, (socket, message) => socket.streamInsert("messages", message, onTop)),
  ],
  title: "Chat",
  render: ({ drafts }, { say }, { streams }) => html`
    ${demo(
      "Everybody",
      html`<div role="log" aria-label="What was said"><ol class="messages-list" id="messages" phx-update="stream">
        <li class="only-empty" id="messages-empty">Nothing said yet. Open this page in another window.</li>
        ${each(
          streams.messages,
          ({ from, text, at }, id) => html`<li id="${id}">
            ${badge(from)} <span>${text}</span> <time id="${id}-at" phx-hook="${localTime}" phx-update="ignore" data-at="${at}"></time>
          </li>`,
        )}
      </ol></div>
      <form class="row" id="say-${drafts}" phx-submit="${say}">
        <label class="hidden" for="text-${drafts}">Message</label>
        <input id="text-${drafts}" name="text" autocomplete="off" maxlength="500" placeholder="Say something" autofocus="${drafts > 0}">
        <button>Send</button>
      </form>`,
    )}`,
})

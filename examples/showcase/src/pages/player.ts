// A sticky view stands in the layout of the live session. While its pages
// follow one another it is left alone: its state, its socket, and the audio
// element that it holds.
import { html } from "@bennu/html"
import { every, hookContract, on } from "@bennu/live"
import { topic } from "@bennu/pubsub"
import * as z from "zod"
import { demo } from "../components.ts"
import { path } from "../routes.ts"
import { liveView, type Visitor } from "../vocabulary.ts"

/** What pages ask of a visitor's player. */
const asked = ({ id }: Visitor) => topic(`player:${id}`, z.object({ playing: z.boolean() }))

/** What the audio element is told, and what it does: `assets/player.ts` has the other side. */
export const Audio = hookContract<{ player: { readonly playing: boolean } }>()("Player", {
  sounds: z.object({ playing: z.boolean() }),
})

export const Player = liveView({
  public: true,
  events: { toggle: {}, ...Audio.events },
  mount: () => ({ playing: false, seconds: 0 }),
  handleEvent: {
    toggle: (socket) => {
      const playing = !socket.assigns.playing
      // the hook of the audio element hears it
      return Audio.push(socket.assign({ playing }), "player", { playing })
    },
    // what the audio element does, whatever it was asked for
    sounds: (socket, { playing }) => socket.assign({ playing }),
  },
  subscribe: ({ scope: { visitor } }) => [
    on(asked(visitor), (socket, { playing }) =>
      Audio.push(socket.assign({ playing }), "player", { playing }),
    ),
    every("1s", (socket) =>
      socket.assigns.playing ? socket.update("seconds", (seconds) => seconds + 1) : socket,
    ),
  ],
  render: ({ playing, seconds }, { toggle }) => html`<div class="player">
    <button phx-click="${toggle}" aria-pressed="${playing}" aria-label="Play the tune">${playing ? "❚❚" : "▶"}</button>
    <span class="tune">Marsh at dawn</span>
    <span class="time" aria-label="Seconds played">${seconds} s</span>
    <div id="player-audio" phx-update="ignore"><audio id="audio" src="${path.tune()}" loop preload="none" phx-hook="Player"></audio></div>
  </div>`,
})

export const PlayerLive = liveView({
  public: true,
  events: { play: {}, pause: {} },
  handleEvent: {
    play: ({ scope: { pubsub, visitor } }) => pubsub.broadcast(asked(visitor), { playing: true }),
    pause: ({ scope: { pubsub, visitor } }) => pubsub.broadcast(asked(visitor), { playing: false }),
  },
  title: "Sticky player",
  render: (_, { play, pause }) =>
    html`${demo(
      "This page and the player are two views",
      html`<p>They talk by a topic that only your windows hear.</p>
      <p class="row">
        <button phx-click="${play}">Play</button>
        <button class="second" phx-click="${pause}">Pause</button>
      </p>
      <p class="hint">The player stands beside the contents, on every page of the tour.</p>`,
    )}`,
})

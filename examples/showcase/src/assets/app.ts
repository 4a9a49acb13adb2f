// What runs in the browser: the official Phoenix clients as they come from npm, and what pages of the tour bring along.
import { browserStash, offlineBanner, viewTransitions } from "@bennu/live/client"
import "@github/relative-time-element"
import { hooks as colocated } from "colocated-hooks"
import { Socket } from "phoenix"
import { LiveSocket } from "phoenix_live_view"
import { ChartHook, EditorHook } from "./hooks.ts"
import { Player } from "./player.ts"
import { Sortable } from "./sortable.ts"
import { StarRating } from "./star-rating.ts"

customElements.define("star-rating", StarRating)

const token = document.querySelector<HTMLMetaElement>("meta[name='csrf-token']")?.content
const live = new LiveSocket("/live", Socket, {
  params: browserStash({ _csrf_token: token }),
  hooks: { ...colocated, Chart: ChartHook, Editor: EditorHook, Player, Sortable },
  dom: viewTransitions({ on: ["navigate"] }),
})
live.connect()

const offline = document.querySelector<HTMLElement>("#offline")
if (offline) offlineBanner(live, offline)

// leaves for a while, as a train does in a tunnel: 1000 would say goodbye, 4000 only ends the connection
window.addEventListener("showcase:away", (event) => {
  if (!(event instanceof CustomEvent)) return
  const back = () => void setTimeout(() => live.connect(), event.detail.milliseconds)
  live.getSocket().disconnect(back, 4000)
})

// a line at the top while another page is on its way, if it takes longer than a blink
const { classList } = document.documentElement
window.addEventListener("phx:page-loading-start", () => classList.add("loading"))
window.addEventListener("phx:page-loading-stop", () => {
  classList.remove("loading")
  // in a low window the contents scroll by themselves: where one is, is seen
  document.querySelector(".contents [aria-current]")?.scrollIntoView({ block: "nearest" })
})

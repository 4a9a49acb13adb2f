// The audio element plays on because its view, and so the element, is never
// replaced while pages change.
import type { HookOf } from "@bennu/live"
import type { Audio } from "../pages/player.ts"

type This = HookOf<typeof Audio>

export const Player = {
  mounted(this: This) {
    const { el } = this
    if (!(el instanceof HTMLAudioElement)) return
    this.handleEvent("player", ({ playing }) => {
      // a browser may refuse to make a sound before somebody has touched the page
      if (playing) el.play().catch(() => this.pushEvent("sounds", { playing: false }))
      else el.pause()
    })
  },
  // its view was mounted again, and knows of nothing
  reconnected(this: This) {
    const { el } = this
    if (el instanceof HTMLAudioElement) void this.pushEvent("sounds", { playing: !el.paused })
  },
}

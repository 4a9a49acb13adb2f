import { AsyncLocalStorage } from "node:async_hooks"
import { type Presence, presenceDiff } from "@bennu/pubsub"
import { Broadcast } from "./broadcasts.ts"
import { encodeBroadcast } from "./encode.ts"

interface Viewer {
  hear(broadcast: Broadcast): void
}

interface View {
  readonly viewers: Set<Viewer>
  readonly subscription: Disposable
}

/** Passes on who comes and goes: each change is encoded once, for all channels of its topic that show it. */
export class Presences {
  readonly #presence: Presence
  readonly #views = new Map<string, View>()
  // A view outlives the request that opened it, so its subscription must not hold on to that one's context
  readonly #outside = AsyncLocalStorage.snapshot()

  constructor(presence: Presence) {
    this.#presence = presence
  }

  show(topic: string, viewer: Viewer): Disposable {
    const view = this.#views.get(topic) ?? this.#open(topic)
    view.viewers.add(viewer)
    return {
      [Symbol.dispose]: () => {
        view.viewers.delete(viewer)
        if (view.viewers.size > 0 || this.#views.get(topic) !== view) return
        this.#views.delete(topic)
        view.subscription[Symbol.dispose]()
      },
    }
  }

  #open(topic: string): View {
    const viewers = new Set<Viewer>()
    const subscription = this.#outside(() =>
      this.#presence.subscribe(topic, (diff) => {
        const frame = encodeBroadcast(topic, "presence_diff", presenceDiff(diff))
        const broadcast = new Broadcast(frame)
        for (const viewer of viewers) viewer.hear(broadcast)
      }),
    )
    const view = { viewers, subscription }
    this.#views.set(topic, view)
    return view
  }
}

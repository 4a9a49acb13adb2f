import type { StandardSchemaV1 } from "@bennu/core"
import type { Joining } from "../channel-handler.ts"
import { ContractError, Outgoing } from "./contract.ts"

/** Somebody who is present through this channel. Disposed, they leave; so they do when the channel ends. */
export interface PresentHere<M> extends Disposable {
  readonly key: string
  /** Names what is told of them now, on all nodes; a new name with each update. */
  readonly ref: string
  /** Replaces what is told of them: clients see one change. */
  update(meta: M): void
  untrack(): void
}

/** Tracks who is present in the topics of one channel definition. */
export class ChannelPresence<M> {
  readonly #metas: Outgoing | null

  constructor(schema: StandardSchemaV1<unknown, M> | undefined) {
    this.#metas = schema ? new Outgoing({ [META]: schema }) : null
  }

  /** Whether its clients are shown who is present. */
  get isShown(): boolean {
    return this.#metas !== null
  }

  track(joining: Joining, key: string, meta: M): PresentHere<M> {
    const { presence, topic, signal } = joining
    if (!presence || !this.#metas) {
      throw new ContractError(
        `the channel of ${JSON.stringify(topic)} does not say who is present`,
        {
          hint: "Declare in metas what is told of them.",
        },
      )
    }
    const metas = this.#metas
    const tracked = presence.track(topic, key, metas.check(META, meta))
    const untrack = () => {
      signal.removeEventListener("abort", untrack)
      tracked.untrack()
    }
    if (signal.aborted) tracked.untrack()
    else signal.addEventListener("abort", untrack)
    return {
      key,
      get ref() {
        return tracked.meta.phx_ref
      },
      update: (next) => tracked.update(metas.check(META, next)),
      untrack,
      [Symbol.dispose]: untrack,
    }
  }
}

const META = "presence meta"

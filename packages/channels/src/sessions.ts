import type { Bus } from "@bennu/pubsub"

/** Tells that sessions have ended before their time: by a log-out, a changed password, an administrator. */
export interface Revocations {
  /** It is enough that one node hears of it: the sockets of the session are closed on all of them. */
  subscribe(listener: (revoked: Revoked) => void): Disposable
}

export interface Revoked {
  /** As the `session` of `socket` names it. */
  readonly session: string
}

/** Closes every socket of a session, on all nodes. */
export const revokeSession = (pubsub: { readonly bus: Bus }, session: string): Promise<void> =>
  pubsub.bus.broadcast(sessionTopic(session), "revoked")

/** Where the sockets of a session hear that it has ended. */
export const sessionTopic = (session: string): string => `session:${session}`

/** Counts the sockets that are open by the session they belong to. */
export class Sessions {
  readonly #limit: number
  readonly #counts = new Map<string, number>()

  constructor(limit: number) {
    this.#limit = limit
  }

  isFull(session: string): boolean {
    return (this.#counts.get(session) ?? 0) >= this.#limit
  }

  /** Counts one more until it is disposed. */
  enter(session: string): Disposable {
    this.#counts.set(session, (this.#counts.get(session) ?? 0) + 1)
    let inside = true
    return {
      [Symbol.dispose]: () => {
        if (!inside) return
        inside = false
        const left = (this.#counts.get(session) ?? 1) - 1
        if (left === 0) this.#counts.delete(session)
        else this.#counts.set(session, left)
      },
    }
  }
}

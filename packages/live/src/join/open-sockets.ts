/** Counts, for each session, the sockets that show it something: a tab has one. Those that show nothing cost next to nothing. */
export class OpenSockets {
  readonly #limit: number
  /** How much each socket shows, by whose it is. */
  readonly #open = new Map<string, Map<object, number>>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** One more thing that a socket shows, until disposed; null when its session has too many sockets. */
  enter(session: string, socket: object): Disposable | null {
    const sockets = this.#open.get(session) ?? new Map<object, number>()
    if (!sockets.has(socket) && sockets.size >= this.#limit) return null
    this.#open.set(session, sockets.set(socket, (sockets.get(socket) ?? 0) + 1))
    let left = false
    return {
      [Symbol.dispose]: () => {
        if (left) return
        left = true
        const more = (sockets.get(socket) ?? 1) - 1
        if (more > 0) return void sockets.set(socket, more)
        sockets.delete(socket)
        if (sockets.size === 0) this.#open.delete(session)
      },
    }
  }
}

import { channel } from "node:diagnostics_channel"

/** Something that happens, by name. Whoever wants to know subscribes; whoever tells pays nothing while nobody does. */
export interface Event<Payload> {
  /** `bennu.<package>.<thing>.<verb>`; also the name of its diagnostics channel. */
  readonly name: string
  /** Whether anybody listens: read it before work that only listeners need. */
  readonly active: boolean
  /** Tells the listeners, at once and in order. `payload` is called only if there are any. */
  emit(payload: () => Payload): void
  /** Listens until disposed. A listener that throws is detached, and the app goes on. */
  subscribe(listener: (payload: Payload) => void): Disposable
}

/** A listener threw and was detached. */
export interface ListenerFailed {
  readonly event: string
  readonly error: unknown
}

/**
 * Names something that your code tells of, for metrics, logs and tests. Any number of places may name the same event:
 * it is the `node:diagnostics_channel` of that name.
 * @example const queryStop = event<{ readonly duration: number }>("bennu.repo.query.stop")
 */
export function event<Payload>(name: string): Event<Payload> {
  const heard = channel(name)
  return {
    name,
    get active() {
      return heard.hasSubscribers
    },
    emit(payload) {
      if (heard.hasSubscribers) heard.publish(payload())
    },
    subscribe(listener) {
      // an error that leaves a subscriber of a diagnostics channel ends the process
      const guarded = (message: unknown) => {
        try {
          // every publisher of this name states this payload; a channel itself has no types
          listener(message as Payload)
        } catch (error) {
          heard.unsubscribe(guarded)
          if (name !== listenerFailed.name) listenerFailed.emit(() => ({ event: name, error }))
        }
      }
      heard.subscribe(guarded)
      return { [Symbol.dispose]: () => void heard.unsubscribe(guarded) }
    },
  }
}

/** Tells of listeners that threw and were detached. */
export const listenerFailed: Event<ListenerFailed> = event("bennu.telemetry.listener.fail")

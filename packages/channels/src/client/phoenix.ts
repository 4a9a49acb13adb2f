/** What is asked of the official client: its `Socket` fits. */
export interface PhoenixSocket<P = PhoenixChannel> {
  channel(topic: string, params?: object): P
}

/** Its `Channel`. */
export interface PhoenixChannel {
  join(): PhoenixPush
  leave(): PhoenixPush
  push(event: string, payload: object): PhoenixPush
  on(event: string, listener: (payload: unknown) => void): number
  off(event: string, ref: number): void
  /** Sees each message before its listeners, and says what they get. */
  onMessage(event: string, payload: unknown, ref: unknown): unknown
}

/** Its `Push`. */
export interface PhoenixPush {
  receive(status: "ok" | "error" | "timeout", listener: (response: unknown) => void): unknown
}

/** Carries messages between nodes. Delivery within a node is not its concern. */
export interface Adapter extends AsyncDisposable {
  /** Calls `deliver` for each message that another node sends, until disposed. */
  connect(deliver: (topic: string, message: string) => void): Promise<void>
  /** Sends to every *other* node; resolves once the transport has taken the message. */
  broadcast(topic: string, message: string): Promise<void>
}

class LocalAdapter implements Adapter {
  async connect() {}
  async broadcast() {}
  async [Symbol.asyncDispose]() {}
}

/** One node and no wire: the default, and what most tests want. */
export const local = (): Adapter => new LocalAdapter()

/** Whether nothing has to be encoded, because nobody else is there to read it. */
export const isLocal = (adapter: Adapter): boolean => adapter instanceof LocalAdapter

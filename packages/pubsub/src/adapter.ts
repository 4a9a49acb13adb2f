import type { Health } from "@bennu/core"

/** Messages of other nodes that never came, or that may not have come. */
export interface Gap {
  /** Who sent them: an id that a node has from its start to its end; null when it may be anybody. */
  readonly publisher: string | null
  /** How many; null where nobody can tell. */
  readonly count: number | null
}

/** Carries messages between nodes. Delivery within a node is not its concern. */
export interface Adapter extends AsyncDisposable {
  /**
   * Calls `deliver` for each message that another node sends, until disposed. An adapter that can tell calls `missed`
   * before it delivers what came after a gap.
   */
  connect(
    deliver: (topic: string, message: string) => void,
    missed?: (gap: Gap) => void,
  ): Promise<void>
  /** Sends to every *other* node; resolves once the transport has taken the message. */
  broadcast(topic: string, message: string): Promise<void>
  /** How the connection is doing; one that has none is always up. */
  health?(): Health
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

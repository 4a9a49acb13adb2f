import type { Outgoing } from "./packet.ts"

/** Messages that were handed to the transport and not yet acknowledged. */
export interface Batch {
  /** The number of its first message. */
  readonly first: number
  readonly messages: readonly Outgoing[]
}

const sizeOf = ({ topic, message }: Outgoing) => topic.length + message.length

/**
 * What waits to be sent, numbered as it comes. When it is full the oldest goes: the hole that it leaves in the numbers
 * tells the receivers.
 */
export class Outbox {
  readonly #maxMessages: number
  readonly #maxSize: number
  #messages: Outgoing[] = []
  #size = 0
  /** The number of the oldest message that waits, or of the next one to come. */
  #first = 1

  constructor(maxMessages: number, maxSize: number) {
    this.#maxMessages = maxMessages
    this.#maxSize = maxSize
  }

  get length(): number {
    return this.#messages.length
  }

  /** The number that the next message to be sent has. */
  get first(): number {
    return this.#first
  }

  /** @returns How many of the oldest had to go. */
  add(message: Outgoing): number {
    this.#messages.push(message)
    this.#size += sizeOf(message)
    return this.#fit()
  }

  /** Takes what fits into one packet, at least one message. */
  take(maxSize: number): Batch {
    let count = 0
    let size = 0
    for (const message of this.#messages) {
      size += sizeOf(message)
      if (count > 0 && size > maxSize) break
      count += 1
    }
    const batch = { first: this.#first, messages: this.#messages.slice(0, count) }
    this.#messages = this.#messages.slice(count)
    for (const message of batch.messages) this.#size -= sizeOf(message)
    this.#first += count
    return batch
  }

  /** Puts back what may not have been sent. @returns How many of the oldest had to go. */
  restore({ first, messages }: Batch): number {
    this.#messages = [...messages, ...this.#messages]
    for (const message of messages) this.#size += sizeOf(message)
    this.#first = first
    return this.#fit()
  }

  #fit(): number {
    const { length } = this.#messages
    if (length <= this.#maxMessages && this.#size <= this.#maxSize) return 0
    let dropped = 0
    for (const message of this.#messages) {
      if (length - dropped <= this.#maxMessages && this.#size <= this.#maxSize) break
      this.#size -= sizeOf(message)
      dropped += 1
    }
    // Some more than needed, so that a full box does not move all its messages for each new one
    const spare = Math.min(length - dropped - 1, this.#maxMessages >> 6)
    for (let extra = 0; extra < spare; extra += 1) {
      const message = this.#messages[dropped]
      if (message) this.#size -= sizeOf(message)
      dropped += 1
    }
    this.#messages = this.#messages.slice(dropped)
    this.#first += dropped
    return dropped
  }
}

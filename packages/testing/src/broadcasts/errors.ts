import { inspect } from "node:util"
import { BennuError } from "@bennu/core"

/** A topic said something else than a test has asserted. */
export class BroadcastError extends BennuError {
  readonly code = "ERR_TESTING_BROADCAST"
  readonly topic: string
  /** What was heard and not asserted before, the oldest first. */
  readonly messages: readonly unknown[]
  constructor(topic: string, what: string, messages: readonly unknown[], hint?: string) {
    const list = messages.slice(-SHOWN).map((message) => `\n- ${inspect(message, { depth: 4 })}`)
    const heard = messages.length === 0 ? "it said nothing else" : `it said:${list.join("")}`
    super(`${topic} ${what}; ${heard}`, hint === undefined ? {} : { hint })
    this.topic = topic
    this.messages = messages
  }
}

/** Messages that an error shows, the newest. */
const SHOWN = 10

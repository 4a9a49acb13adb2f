import { constantTimeEqual } from "@bennu/core/crypto"
import type { DefinedView } from "../view/defined-view.ts"
import type { SocketState } from "../view/socket-state.ts"
import type { Claim } from "./guest.ts"

interface Answer {
  readonly claim: Claim
  readonly view: DefinedView
  readonly state: SocketState
  readonly timer: NodeJS.Timeout
}

/** Views of first answers, mounted and rendered, for their pages to join. */
export class FirstAnswers {
  readonly #time: number
  readonly #limit: number
  /** The longest waiting first. */
  readonly #all = new Map<string, Answer>()

  constructor({ firstAnswer, limit }: { readonly firstAnswer: number; readonly limit: number }) {
    this.#time = firstAnswer
    this.#limit = limit
  }

  /** Whether any wait. */
  get isOn(): boolean {
    return this.#time > 0
  }

  keep(claim: Claim, view: DefinedView, state: SocketState): void {
    const [oldest] = this.#all.values()
    if (oldest && this.#all.size >= this.#limit) this.#remove(oldest)
    const timer = setTimeout(() => this.#all.delete(claim.key), this.#time).unref()
    this.#all.set(claim.key, { claim, view, state, timer })
  }

  /** Where the mount of this page's view has led to; once. */
  take({ key, session, token, address }: Claim, view: DefinedView): SocketState | null {
    const known = this.#all.get(key)
    if (known?.claim.session !== session || !constantTimeEqual(known.claim.token, token))
      return null
    this.#remove(known)
    return known.view === view && known.claim.address === address ? known.state : null
  }

  close(): void {
    for (const each of this.#all.values()) this.#remove(each)
  }

  #remove({ claim, timer }: Answer): void {
    clearTimeout(timer)
    this.#all.delete(claim.key)
  }
}

import { contextKey } from "./context.ts"

type Listener = (committed: boolean) => void

const around = contextKey<Transaction>("transaction")

/** For who brings transactions: what is done in one can learn how it ends, with {@link whenCommitted}. */
export class Transaction {
  readonly #outer = around.get()
  #listeners: Listener[] = []

  /** Runs `work` in the transaction. */
  run<R>(work: () => R): R {
    return around.run(this, work)
  }

  /** Whether there is one around the caller. */
  static get isAround(): boolean {
    return around.get() !== undefined
  }

  /** Runs `work` as if no transaction were around it. */
  static outside<R>(work: () => R): R {
    return around.run(undefined, work)
  }

  /** The transaction has ended. What is committed within another waits for that one. */
  ended(committed: boolean): void {
    const listeners = this.#listeners
    this.#listeners = []
    if (committed && this.#outer) this.#outer.#listeners.push(...listeners)
    else for (const listener of listeners) listener(committed)
  }

  /** @internal */
  listen(listener: Listener): void {
    this.#listeners.push(listener)
  }
}

/**
 * Does what cannot be taken back, such as deleting a file, once it is certain that what led to it stays: when the transaction
 * around the caller is committed, the outermost one, and at once where there is none.
 * @param rolledBack Called in its place when the transaction is taken back.
 */
export function whenCommitted(committed: () => void, rolledBack: () => void = () => {}): void {
  const transaction = around.get()
  if (transaction) transaction.listen((kept) => (kept ? committed() : rolledBack()))
  else committed()
}

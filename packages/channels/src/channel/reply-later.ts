/** An answer that is still being worked out. Only `replyLater` makes one. */
export class ReplyLater<R> {
  readonly #work: (signal: AbortSignal) => Promise<R>

  private constructor(work: (signal: AbortSignal) => Promise<R>) {
    this.#work = work
  }

  /** @internal */
  static of<R>(work: (signal: AbortSignal) => Promise<R>): ReplyLater<R> {
    return new ReplyLater(work)
  }

  /** @internal */
  async start(signal: AbortSignal): Promise<R> {
    return await this.#work(signal)
  }
}

/**
 * Answers an event with what takes long, while the channel goes on with the events after it. Without it they wait, and
 * answers come in the order of what they answer.
 * @param work Resolves with `ok(response)` or `err(response)`; what it rejects with is a crash of the channel. Its signal
 * aborts when the channel ends. Of one channel so much goes on at once at most as its `limits.pendingReplies` says.
 * @example report: ({ topic }) => replyLater(async (signal) => ok(await Reports.of(topic, { signal })))
 */
export const replyLater = <R>(work: (signal: AbortSignal) => Promise<R>): ReplyLater<R> =>
  ReplyLater.of(work)

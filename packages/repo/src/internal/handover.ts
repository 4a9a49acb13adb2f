/** Pieces from who writes to who reads: one may lie between them, then the writer waits. */
export class Handover<T> {
  #pieces: T[] = []
  #ended: { readonly error?: unknown } | undefined
  #discards = false
  #wakeReader: () => void = () => {}
  #wakeWriter: () => void = () => {}

  /** Resolves when the next one may come. */
  async put(piece: T): Promise<void> {
    if (this.#discards) return
    this.#pieces.push(piece)
    this.#wakeReader()
    if (this.#pieces.length > 1)
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve
      })
  }

  /** After all pieces; with an error, at once. */
  end(failure: { readonly error?: unknown } = {}): void {
    this.#ended ??= failure
    this.#wakeReader()
  }

  get ended(): boolean {
    return this.#ended !== undefined
  }

  /** Nobody reads any more: what comes is dropped. */
  discard(): void {
    this.#discards = true
    this.#pieces = []
    this.#wakeWriter()
  }

  /** The next piece, or undefined after the last. */
  async take(): Promise<T | undefined> {
    for (;;) {
      if (this.#ended !== undefined && "error" in this.#ended) throw this.#ended.error
      const piece = this.#pieces.shift()
      if (piece !== undefined || this.#ended !== undefined) {
        this.#wakeWriter()
        return piece
      }
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve
      })
    }
  }
}

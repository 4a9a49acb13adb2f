/** Clean-ups that go on after their sockets have closed: who stops waits for them. */
export class Endings {
  readonly #running = new Set<Promise<void>>()

  /** @param ending Does not reject. */
  add(ending: Promise<void>): void {
    this.#running.add(ending)
    void ending.then(() => this.#running.delete(ending))
  }

  async over(): Promise<void> {
    await Promise.all(this.#running)
  }
}

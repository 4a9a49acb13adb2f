import type { Awaitable } from "@bennu/core"

export interface ExpectOptions {
  /** How often it has to be called (1); 0 for never. */
  readonly times?: number | undefined
}

/** A stand-in for a service: one for the whole app, with what each test says of it. */
export interface Mock<S, A> {
  /** Give it to the app. */
  readonly service: S
  /**
   * A test's share of it: what is stubbed and expected in there holds for `work` and all that it starts, also while other
   * tests run. When `work` is done it is verified.
   * @throws {MockUnmetError}
   */
  run<T>(work: () => Awaitable<T>): Promise<T>
  /** What answers in this test, however often. */
  stub<K extends keyof A & string>(operation: K, answer: NonNullable<A[K]>): void
  /** What answers the next call, or so many, which have to come. Several answer in the order they were said. */
  expect<K extends keyof A & string>(
    operation: K,
    answer: NonNullable<A[K]>,
    options?: ExpectOptions,
  ): void
  /** What it was asked in this test, the latest 10,000 calls: the arguments of each. */
  calls<K extends keyof A & string>(operation: K): readonly CallOf<NonNullable<A[K]>>[]
  /** Asks whether all came that was expected, and nothing else: also what the app has caught. @throws {MockUnmetError} */
  verify(): void
}

type CallOf<F> = F extends (...args: infer P) => unknown ? Readonly<P> : never

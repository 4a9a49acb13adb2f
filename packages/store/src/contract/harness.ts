/** A store to be tested, with its time in the test's hands. */
export interface StoreUnderTest<S> extends AsyncDisposable {
  readonly store: S
  /** Lets this many milliseconds pass: by moving an injected clock, or else by waiting. */
  advance(milliseconds: number): Promise<void>
}

/** Opens an empty store, which the test disposes. */
export type OpenStore<S> = () => Promise<StoreUnderTest<S>>

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Plain bytes to compare with, whatever subclass of Uint8Array a client hands out. */
export const text = (value: Uint8Array | null): string | null =>
  value === null ? null : new TextDecoder().decode(value)

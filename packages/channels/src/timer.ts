/** Rings once, later, unless it is disposed before. Nothing waits for it at the end of a process. */
export type Timer = (milliseconds: number, ring: () => void) => Disposable

/** The platform's. */
export const platformTimer: Timer = (milliseconds, ring) => {
  const timeout = setTimeout(ring, milliseconds)
  timeout.unref()
  return { [Symbol.dispose]: () => clearTimeout(timeout) }
}

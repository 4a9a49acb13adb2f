import { HoleError } from "../errors.ts"
import { type Hole, type Renderable, rendered } from "../hole.ts"
import { placeOf, type Slot } from "../slot.ts"

/** What comes later: one value, or several that are printed as they come. */
export type Source = PromiseLike<Hole> | AsyncIterable<Hole>

/** A part of a page that `stream` waits for. Anywhere else it is refused: nothing there can wait. */
export class Later implements Renderable {
  readonly placeholder: Hole
  readonly #source: Source | ((signal: AbortSignal) => Source)

  /** @internal */
  constructor(source: Source | ((signal: AbortSignal) => Source), placeholder: Hole) {
    this.#source = source
    this.placeholder = placeholder
    // it may fail before the stream gets to it, which is no unhandled rejection
    if ("then" in source) source.then(undefined, () => {})
  }

  /** @internal */
  start(signal: AbortSignal): Source {
    return typeof this.#source === "function" ? this.#source(signal) : this.#source
  }

  [rendered](slot: Slot): never {
    throw new HoleError(this, placeOf(slot), "Only text that stream() prints can wait; await it.")
  }
}

/**
 * Lets a part of a page come when it is there, while what stands before it is already on its way to the reader:
 * `stream(html`<h1>Feed</h1>${later(feed())}`)`.
 * @param source A promise, an async iterable, or a function that starts one when the stream gets there and stops it
 *   when `signal` aborts.
 * @param placeholder What is shown meanwhile, so that the stream goes on at once and the part takes its place when it
 *   comes. Without one, or where the page's scripts must not run, what follows waits.
 */
export const later = (
  source: Source | ((signal: AbortSignal) => Source),
  placeholder?: Hole,
): Later => new Later(source, placeholder)

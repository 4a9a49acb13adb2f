import type { Keyed } from "@bennu/html"

/** Where rows go in a stream, and how many may stay. */
export interface StreamOptions {
  /** Before which of the rows in the page, from 0; behind all where nothing is said. */
  readonly at?: number | undefined
  /** How many rows may stay in the page: the first ones, or with a minus the last. Checked for each row that is new. */
  readonly limit?: number | undefined
  /** All rows that are in the page go first. */
  readonly reset?: boolean | undefined
}

export interface StreamInsertOptions extends Omit<StreamOptions, "reset"> {
  /** Only pages that show the row take it. */
  readonly updateOnly?: boolean | undefined
}

/** A row's key; the id of its element is the stream's name, `-` and the key, unless `domId` says otherwise. */
export type StreamOf<T> = ((row: T) => string | number) | { readonly domId: (row: T) => string }
export type StreamsOf<R> = { readonly [K in keyof R]: StreamOf<R[K]> }

/** The streams as `render` gets them: to be shown with `each`, whose function gets a row and the id for its element. */
export type StreamRowsOf<R> = { readonly [K in keyof R]: Keyed<R[K]> }

import { StreamError } from "../errors.ts"
import type { StreamInsertOptions, StreamOf, StreamOptions } from "./stream-options.ts"
import { arranged, type Insert, StreamRows } from "./stream-rows.ts"
import { StreamState } from "./stream-state.ts"

/** Gives a row the id of its element. */
type DomId = (row: unknown) => string
/** By the name of the stream. */
export type DeclaredStreams = ReadonlyMap<string, DomId>

/** What a definition says of its streams. */
export function declaredStreams(
  streams: Readonly<Record<string, StreamOf<never>>> = {},
): DeclaredStreams {
  return new Map(
    Object.entries(streams).map(([name, of]): [string, DomId] => {
      // it is given rows of its own stream only
      if (typeof of !== "function") return [name, of.domId as DomId]
      const key = of as (row: unknown) => string | number
      return [name, (row) => `${name}-${key(row)}`]
    }),
  )
}

/** The streams of a view or a component, between two frames. Each change gives new ones. */
export class Streams {
  readonly #declared: DeclaredStreams
  readonly #states: ReadonlyMap<string, StreamState>

  private constructor(declared: DeclaredStreams, states: ReadonlyMap<string, StreamState>) {
    this.#declared = declared
    this.#states = states
  }

  /** @param prefix What tells streams of one component apart from those of others. */
  static of(declared: DeclaredStreams, prefix = ""): Streams {
    const states = [...declared.keys()].map(
      (name, i) => [name, StreamState.empty(`${prefix}${i}`)] as const,
    )
    return new Streams(declared, new Map(states))
  }

  /** @throws {StreamError} for a stream that was not declared, and for places and limits that are none. */
  insert(
    name: string,
    rows: readonly unknown[],
    { at = -1, limit, reset, updateOnly = false }: StreamOptions & StreamInsertOptions,
  ): Streams {
    const domId = this.#domIdOf(name)
    whole(at, -1, "at")
    if (limit !== undefined) whole(limit, -Number.MAX_SAFE_INTEGER, "limit")
    const inserts = rows.map(
      (row): Insert => ({ id: domId(row), row, at, limit: limit ?? null, updateOnly }),
    )
    return this.#with(name, (state) => (reset ? state.reset() : state).insert(inserts))
  }

  delete(name: string, row: unknown): Streams {
    return this.deleteById(name, this.#domIdOf(name)(row))
  }

  deleteById(name: string, id: string): Streams {
    this.#domIdOf(name)
    return this.#with(name, (state) => state.delete(id))
  }

  /** The same streams once the page knows: nothing of their rows is kept. */
  sent(): Streams {
    if (![...this.#states.values()].some((state) => state.sent() !== state)) return this
    const sent = [...this.#states].map(([name, state]) => [name, state.sent()] as const)
    return new Streams(this.#declared, new Map(sent))
  }

  /**
   * What `render` gets.
   * @param connected `false` for a page that is not told later what to do with rows: it gets them as they have to stand.
   */
  rows(connected: boolean): Readonly<Record<string, StreamRows>> {
    const rows = [...this.#states].map(([name, state]) => {
      const change = state.rows()
      return [name, connected ? change : inPlace(change)] as const
    })
    return Object.fromEntries(rows)
  }

  #domIdOf(name: string): DomId {
    const domId = this.#declared.get(name)
    if (domId) return domId
    const known = [...this.#declared.keys()].map((one) => `"${one}"`).join(", ") || "none"
    throw new StreamError(
      `there is no stream "${name}"`,
      `Declare it in streams; there are ${known}.`,
    )
  }

  #with(name: string, change: (state: StreamState) => StreamState): Streams {
    const states = new Map(this.#states)
    const state = states.get(name)
    if (state) states.set(name, change(state))
    return new Streams(this.#declared, states)
  }
}

const inPlace = (change: StreamRows): StreamRows =>
  new StreamRows(change.ref, change.version, {
    inserts: arranged<Insert>([], change, (insert) => insert),
    deletes: [],
    reset: false,
  })

function whole(value: number, least: number, option: string): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new StreamError(
    `${option} is ${value}`,
    `${option} takes whole numbers${least === -1 ? " from -1" : ""}.`,
  )
}

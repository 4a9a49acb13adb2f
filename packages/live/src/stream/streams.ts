import { StreamError } from "../errors.ts"
import { OrderedStream, type StreamKey } from "./ordered-stream.ts"
import type { StreamInsertOptions, StreamOf, StreamOptions } from "./stream-options.ts"
import { arranged, type Insert, StreamRows } from "./stream-rows.ts"
import { StreamState } from "./stream-state.ts"

interface DeclaredStream {
  /** Gives a row the id of its element. */
  readonly domId: (row: unknown) => string
  /** Null where rows are told apart by the ids of their elements. */
  readonly key: ((row: unknown) => StreamKey) | null
}
/** By the name of the stream. */
export type DeclaredStreams = ReadonlyMap<string, DeclaredStream>

/** What a definition says of its streams. */
export function declaredStreams(
  streams: Readonly<Record<string, StreamOf<never>>> = {},
): DeclaredStreams {
  return new Map(
    Object.entries(streams).map(([name, of]): [string, DeclaredStream] => {
      // both are given rows of their own stream only
      if (typeof of !== "function")
        return [name, { domId: of.domId as DeclaredStream["domId"], key: null }]
      const key = of as (row: unknown) => StreamKey
      return [name, { domId: (row) => `${name}-${key(row)}`, key }]
    }),
  )
}

type States = ReadonlyMap<string, StreamState | OrderedStream>

/** The streams of a view or a component, between two frames. Each change gives new ones. */
export class Streams {
  readonly #declared: DeclaredStreams
  readonly #states: States

  private constructor(declared: DeclaredStreams, states: States) {
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
    const { domId } = this.#declaredAs(name)
    whole(at, -1, "at")
    if (limit !== undefined) whole(limit, -Number.MAX_SAFE_INTEGER, "limit")
    const inserts = rows.map(
      (row): Insert => ({ id: domId(row), row, at, limit: limit ?? null, updateOnly }),
    )
    return this.#with(name, (state) => (reset ? state.reset() : state).insert(inserts))
  }

  delete(name: string, row: unknown): Streams {
    return this.deleteById(name, this.#declaredAs(name).domId(row))
  }

  deleteById(name: string, id: string): Streams {
    this.#declaredAs(name)
    return this.#with(name, (state) => state.delete(id))
  }

  /** Keys whose rows {@link show} has to be given. @throws {StreamError} */
  lacks<K extends StreamKey>(name: string, keys: readonly K[]): readonly K[] {
    return this.#ordered(name).stream.lacks(keys)
  }

  /** @throws {StreamError} for keys that stand twice or have no row, and for a stream that is told what to do row by row. */
  show(name: string, keys: readonly StreamKey[], rows: readonly unknown[]): Streams {
    const { stream, key } = this.#ordered(name)
    const fresh = new Map(rows.map((row) => [`${key(row)}`, row]))
    return new Streams(
      this.#declared,
      new Map(this.#states).set(name, stream.show(Object.freeze([...keys]), fresh)),
    )
  }

  /** The same streams once the page knows: nothing of their rows is kept. */
  sent(): Streams {
    let changed = false
    for (const state of this.#states.values()) changed ||= state.sent() !== state
    if (!changed) return this
    const sent = [...this.#states].map(([name, state]) => [name, state.sent()] as const)
    return new Streams(this.#declared, new Map(sent))
  }

  /**
   * What `render` gets.
   * @param connected `false` for a page that is not told later what to do with rows: it gets them as they have to stand.
   */
  rows(connected: boolean): Readonly<Record<string, StreamRows>> {
    if (this.#states.size === 0) return noRows
    const rows = [...this.#states].map(([name, state]) => {
      const change = state.rows()
      return [name, connected ? change : inPlace(change)] as const
    })
    return Object.fromEntries(rows)
  }

  #declaredAs(name: string): DeclaredStream {
    const declared = this.#declared.get(name)
    if (declared) return declared
    const known = [...this.#declared.keys()].map((one) => `"${one}"`).join(", ") || "none"
    throw new StreamError(
      `there is no stream "${name}"`,
      `Declare it in streams; there are ${known}.`,
    )
  }

  #ordered(name: string): {
    readonly stream: OrderedStream
    readonly key: (row: unknown) => StreamKey
  } {
    const { key } = this.#declaredAs(name)
    const state = this.#states.get(name)
    if (key && state instanceof OrderedStream) return { stream: state, key }
    if (key && state instanceof StreamState && state.isUntouched)
      return { stream: OrderedStream.empty(state.ref, name), key }
    throw new StreamError(
      `"${name}" cannot be shown by keys`,
      key ? "It was told of rows before." : "Declare it with a function that gives a row's key.",
    )
  }

  #with(name: string, change: (state: StreamState) => StreamState): Streams {
    const state = this.#states.get(name)
    if (state instanceof OrderedStream)
      throw new StreamError(
        `"${name}" is shown by keys`,
        "Change it with streamKeys, which takes rows that have changed, too.",
      )
    return state
      ? new Streams(this.#declared, new Map(this.#states).set(name, change(state)))
      : this
  }
}

const noRows: Readonly<Record<string, StreamRows>> = Object.freeze({})

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

import { DuplicateKeyError } from "./errors.ts"
import type { Hole, Renderable, Resolve } from "./hole.ts"
import { Html, isHtml, make, print } from "./markup.ts"
import { slotPlan } from "./slot.ts"
import { write } from "./write.ts"

/** What tells the rows of a list apart. */
export type Key = string | number

/** The method by which rows hand out their own keys. */
export const keyed: unique symbol = Symbol("bennu.keyed")

/** Rows that bring their own keys, such as a live view's stream. */
export interface Keyed<out T> {
  readonly [keyed]: () => Iterable<readonly [key: string, row: T]>
}

const rowSlot = slotPlan({ kind: "text", tag: "", name: "" })

/** A list whose rows are rendered when somebody asks for them. */
export class ListHtml<T = unknown, K extends Key = Key> extends Html {
  readonly kind = "list"
  readonly rows: readonly T[]
  /** What `each` was given. */
  readonly source: unknown
  readonly #key: (row: T, index: number) => K
  readonly #render: (row: T, key: K) => Hole

  constructor(
    source: unknown,
    rows: readonly T[],
    key: (row: T, index: number) => K,
    render: (row: T, key: K) => Hole,
  ) {
    super(make)
    this.source = source
    this.rows = rows
    this.#key = key
    this.#render = render
  }

  /** What renders a row. When it and the row are those of last time, so is what it returns. */
  get render(): unknown {
    return this.#render
  }

  /** What tells the row apart from others. */
  keyAt(index: number): K {
    // proof: rows are dense, and whoever asks counts up to their length
    return this.#key(this.rows[index] as T, index)
  }

  /** What stands for the row. */
  rowAt(index: number): Hole {
    // proof: as in keyAt
    return this.#render(this.rows[index] as T, this.keyAt(index))
  }

  override [print](printed: string, resolve: Resolve): string {
    const { rows } = this
    const key = this.#key
    const render = this.#render
    let before: K | null = null
    // only where keys do not ascend: a list of thousands needs none then
    let seen: Set<Key> | null = null
    let out = printed
    for (let i = 0; i < rows.length; i++) {
      // proof: as in keyAt
      const row = rows[i] as T
      const own = key(row, i)
      if (seen !== null) note(seen, own)
      else if (before !== null && !follows(own, before)) {
        seen = distinct([...rows.slice(0, i).map(key), own])
      }
      before = own
      const made = render(row, own)
      out = isHtml(made) ? made[print](out, resolve) : write(out, rowSlot, made, resolve)
    }
    return out
  }
}

/** @throws {DuplicateKeyError} when two of the keys are equal. */
export function demandDistinct(keys: readonly Key[]): void {
  for (let i = 1; i < keys.length; i++) {
    const [before, key] = [keys[i - 1], keys[i]]
    if (before !== undefined && key !== undefined && follows(key, before)) continue
    distinct(keys)
    return
  }
}

/** Whether a key is greater than the one before it, as ids from a database mostly are: then all differ. */
function follows(key: Key, before: Key): boolean {
  if (typeof key === "number") return typeof before === "number" && key > before
  return typeof before === "string" && key > before
}

function distinct(keys: readonly Key[]): Set<Key> {
  const seen = new Set<Key>()
  for (const key of keys) note(seen, key)
  return seen
}

function note(seen: Set<Key>, key: Key): void {
  const { size } = seen
  if (seen.add(key).size === size) throw new DuplicateKeyError(key)
}

type Arguments<T> =
  | readonly [rows: Keyed<T>, render: (row: T, key: string) => Html | Renderable]
  | readonly [rows: Iterable<T>, key: (row: T) => Key, render: (row: T) => Html | Renderable]

/**
 * A list whose rows are known by a key, so that a live view moves them instead of writing them anew, and skips a
 * row when both the row and `render` are those of last time: hoist `render` out of the view to get that. What a
 * hoisted function uses besides its row must be constant.
 * @param key An id that no other row has; equal keys throw `DuplicateKeyError` when the list is printed.
 */
export function each<T>(rows: Keyed<T>, render: (row: T, key: string) => Html | Renderable): Html
export function each<T>(
  rows: Iterable<T>,
  key: (row: T) => Key,
  render: (row: T) => Html | Renderable,
): Html
export function each<T>(...given: Arguments<T>): Html {
  if (given.length === 3) {
    const [source, key, render] = given
    return new ListHtml(source, Array.isArray(source) ? source : [...source], key, render)
  }
  const [source, render] = given
  const keys: string[] = []
  const rows: T[] = []
  for (const [key, row] of source[keyed]()) {
    keys.push(key)
    rows.push(row)
  }
  return new ListHtml(source, rows, (_, index) => keys[index] ?? "", render)
}

const itself = (hole: Hole): Hole => hole
const position = (_: Hole, index: number): number => index

/** An array in a hole: a list whose rows are known by their position. */
export const listOf = (holes: readonly Hole[]): Html => new ListHtml(holes, holes, position, itself)

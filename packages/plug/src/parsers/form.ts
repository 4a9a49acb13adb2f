import { bare, isBare } from "@bennu/core"
import { MalformedError, PayloadTooLargeError } from "../errors.ts"
import { checkedLimit } from "../options.ts"

/** What stands under one name of a form: text, or what names with brackets make. */
export type FormValue = string | FormValues | readonly (string | FormValues)[]
/** A decoded form; it inherits nothing, so every name in it was sent. */
export interface FormValues {
  readonly [name: string]: FormValue
}

export interface FormLimits {
  /** How many pairs there may be (1,000). */
  readonly maxPairs?: number | undefined
  /** How many brackets a name may have: `a[b][c]` has two (5). */
  readonly maxDepth?: number | undefined
  /** How many values one list may have (100). */
  readonly maxItems?: number | undefined
}

/**
 * Decodes `application/x-www-form-urlencoded` text, which queries are too, to nested values: `a=1` is text (the last
 * wins), `a[]=1` a list, `a[b]=1` a table, `a[][b]=1` a list of tables; `a[0][b]=1` is a table whose key is `"0"`.
 * An empty field may stand before a list or table of the same name: it says that nothing was chosen.
 * @throws {MalformedError} for what is not valid percent-encoded UTF-8, for names that contradict one another, and
 * for `__proto__`.
 * @throws {PayloadTooLargeError} beyond the limits.
 */
export function decodeForm(text: string, limits: FormLimits = {}): FormValues {
  const builder = new FormBuilder<string>(limits)
  // most are not; indexOf, because the engine does not inline includes, which takes several times as long
  const encoded = text.indexOf("%") !== -1 || text.indexOf("+") !== -1
  const read = encoded ? decode : asItIs
  for (let start = 0; start < text.length; ) {
    const end = indexOr(text, "&", start, text.length)
    if (end > start) {
      const equals = Math.min(indexOr(text, "=", start, end), end)
      builder.add(read(text.slice(start, equals)), read(text.slice(equals + 1, end)))
    }
    start = end + 1
  }
  return builder.form
}

/** Puts named values together to nested ones, as `decodeForm` says. @internal */
export class FormBuilder<Leaf> {
  readonly form: Table<Leaf> = table()
  readonly #maxPairs: number
  readonly #maxDepth: number
  readonly #maxItems: number
  #pairs = 0

  constructor(limits: FormLimits) {
    this.#maxPairs = checkedLimit("maxPairs", limits.maxPairs ?? 1000)
    this.#maxDepth = checkedLimit("maxDepth", limits.maxDepth ?? 5)
    this.#maxItems = checkedLimit("maxItems", limits.maxItems ?? 100)
  }

  add(name: string, value: Leaf): void {
    if (++this.#pairs > this.#maxPairs) throw new PayloadTooLargeError(this.#maxPairs, "pairs")
    // most names, in most forms
    if (name.indexOf("[") === -1) {
      set(this.form, checked(name, name), value, name)
      return
    }
    const [first = "", ...rest] = keysOf(name, this.#maxDepth)
    put(this.form, first, rest, value, { name, maxItems: this.#maxItems })
  }
}

type Value<Leaf> = Leaf | Table<Leaf> | List<Leaf>
interface Table<Leaf> {
  [name: string]: Value<Leaf>
}
type List<Leaf> = (Leaf | Table<Leaf>)[]
interface Place {
  readonly name: string
  readonly maxItems: number
}

const table = <Leaf>(): Table<Leaf> => bare()

const isTable = <Leaf>(value: Value<Leaf> | undefined): value is Table<Leaf> =>
  typeof value === "object" && value !== null && isBare(value)

function indexOr(text: string, character: string, from: number, otherwise: number): number {
  const index = text.indexOf(character, from)
  return index === -1 ? otherwise : index
}

const asItIs = (text: string): string => text

function decode(text: string): string {
  if (text.indexOf("%") === -1 && text.indexOf("+") === -1) return text
  try {
    return decodeURIComponent(text.replaceAll("+", " "))
  } catch (cause) {
    throw new MalformedError("a form or query is not percent-encoded UTF-8", { cause })
  }
}

/** `a[b][]` is `a`, `b` and "". A name whose brackets do not pair is one key as it stands. */
function keysOf(name: string, maxDepth: number): readonly string[] {
  const open = name.indexOf("[")
  if (open <= 0 || !name.endsWith("]")) return [checked(name, name)]
  const keys = [checked(name.slice(0, open), name)]
  for (let at = open; at < name.length; ) {
    const close = name.indexOf("]", at)
    const key = name.slice(at + 1, close)
    if (name[at] !== "[" || close === -1 || key.includes("[")) return [checked(name, name)]
    if (keys.length > maxDepth) throw new PayloadTooLargeError(maxDepth, "levels of names")
    keys.push(checked(key, name))
    at = close + 1
  }
  return keys
}

function checked(key: string, name: string): string {
  // harmless in a table without prototype, but not in the next one that somebody copies it to
  if (key === "__proto__")
    throw new MalformedError(`the name ${JSON.stringify(name)} is not allowed`)
  return key
}

function set<Leaf>(into: Table<Leaf>, key: string, value: Leaf, name: string): void {
  const known = into[key]
  if (isTable(known) || Array.isArray(known)) throw contradiction(name)
  into[key] = value
}

function put<Leaf>(
  into: Table<Leaf>,
  key: string,
  rest: readonly string[],
  value: Leaf,
  place: Place,
): void {
  const known = into[key]
  const [next, ...further] = rest
  if (next === undefined) set(into, key, value, place.name)
  else if (next === "") {
    const list: Value<Leaf> = known === undefined || known === "" ? [] : known
    if (!Array.isArray(list)) throw contradiction(place.name)
    into[key] = list
    push(list, further, value, place)
  } else {
    const inner = known === undefined || known === "" ? table<Leaf>() : known
    if (!isTable(inner)) throw contradiction(place.name)
    into[key] = inner
    put(inner, next, further, value, place)
  }
}

function push<Leaf>(list: List<Leaf>, rest: readonly string[], value: Leaf, place: Place): void {
  const [next, ...further] = rest
  if (next === "") throw contradiction(place.name)
  const last = list.at(-1)
  if (next !== undefined && isTable(last) && !has(last, next, further)) {
    put(last, next, further, value, place)
    return
  }
  if (list.length >= place.maxItems)
    throw new PayloadTooLargeError(place.maxItems, "values in a list")
  if (next === undefined) {
    list.push(value)
    return
  }
  const row = table<Leaf>()
  list.push(row)
  put(row, next, further, value, place)
}

/** Whether a row has this value already, so that another starts: what Rack and Plug do. */
function has<Leaf>(row: Table<Leaf>, key: string, rest: readonly string[]): boolean {
  const known = row[key]
  const [next, ...further] = rest
  if (known === undefined) return false
  if (next === undefined) return true
  if (!isTable(known) || next === "") return false
  return has(known, next, further)
}

const contradiction = (name: string): MalformedError =>
  new MalformedError(`the name ${JSON.stringify(name.slice(0, 100))} contradicts another`, {
    hint: "One name stands for text, for a list (name[]) or for a table (name[key]).",
  })

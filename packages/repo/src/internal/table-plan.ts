import { Column, getTableColumns, is, SQL, sql } from "drizzle-orm"
import type { PgColumn, PgTable } from "drizzle-orm/pg-core"
import type { Answer, Statement } from "../driver.ts"
import { decoderOf, drizzle, encode } from "./codec.ts"
import { type Read, type RowReader, rowReader } from "./row-reader.ts"
import type { Texts } from "./texts.ts"

type Row = Readonly<Record<string, unknown>>

/** How rows are read whose columns came with these types. */
interface Known {
  readonly types: readonly number[]
  readonly read: RowReader
}

/** Sets of columns written that a table remembers the text of; a program has few, and may make many. */
const MAX_SHAPES = 256

/** What is said of a table over and over, as text made once, and how its rows are read. */
export class TablePlan {
  readonly #expressions: Texts
  readonly #fields: readonly { readonly name: string; readonly column: PgColumn }[]
  /** Columns whose values Drizzle makes where none is given. */
  readonly #made: readonly (readonly [string, PgColumn])[]
  readonly #shapes = new Map<string, string>()
  readonly #texts = new Map<string, string>()
  readonly #readers = new Map<number, Known>()
  readonly #select: string
  readonly columns: string
  readonly from: string

  constructor(expressions: Texts, table: PgTable) {
    const columns: Readonly<Record<string, PgColumn>> = getTableColumns(table)
    this.#expressions = expressions
    this.#fields = Object.entries(columns).map(([name, column]) => ({ name, column }))
    this.#made = Object.entries(columns).filter(([, { defaultFn, onUpdateFn }]) =>
      Boolean(defaultFn ?? onUpdateFn),
    )
    const list = sql.join(
      this.#fields.map(({ column }) => sql`${column}`),
      sql`, `,
    )
    this.columns = this.text(list)
    this.from = this.text(sql`${table}`)
    this.#select = `select ${this.columns} from ${this.from}`
  }

  text(part: SQL): string {
    return this.#expressions.of(part).text
  }

  /** A text that is made the first time it is asked for; `key` is one of few. */
  once(key: string, make: () => string): string {
    let text = this.#texts.get(key)
    if (text === undefined) {
      text = make()
      this.#texts.set(key, text)
    }
    return text
  }

  /** All columns of its rows, and what follows: conditions, order, limit. */
  select(rest: SQL | undefined): Statement {
    const start = this.#select
    if (rest === undefined) return { text: start, params: [] }
    const { text, params } = this.#expressions.of(rest)
    return { text: start + text, params }
  }

  statement(whole: SQL): Statement {
    return this.#expressions.of(whole)
  }

  /** The columns of a row to be inserted, and their values as text. @returns Null where one is an expression. */
  values(row: Row): { readonly names: string[]; readonly params: (string | null)[] } | null {
    return this.#written(row, "defaultFn")
  }

  /** @returns Null where a value is an expression. */
  insert(row: Row): Statement | null {
    const written = this.#written(row, "defaultFn")
    if (written === null) return null
    const { names, params } = written
    const text = this.#shape(`insert ${names.join()}`, () => {
      if (names.length === 0) return `insert into ${this.from} default values`
      const places = names.map((_, at) => `$${at + 1}`).join(", ")
      return `insert into ${this.from} (${this.list(names)}) values (${places})`
    })
    return { text, params }
  }

  /** @returns Null where a value is an expression. */
  update(set: Row, key: Row): Statement | null {
    const written = this.#written(set, "onUpdateFn")
    const by = this.#written(key, null)
    if (written === null || by === null) return null
    const { names, params } = written
    const text = this.#shape(`update ${names.join()} by ${by.names.join()}`, () => {
      const sets = names.map((name, at) => `${this.list([name])} = $${at + 1}`).join(", ")
      const keys = by.names.map(
        (name, at) => `${this.#qualified(name)} = $${names.length + at + 1}`,
      )
      return `update ${this.from} set ${sets} where ${keys.join(" and ")}`
    })
    return { text, params: [...params, ...by.params] }
  }

  /** Rows as Drizzle reads them, of columns that stand in the answer one after the other. */
  read({ columns, rows }: Answer, from = 0): Record<string, unknown>[] {
    const read = this.#readerOf(columns, from)
    const made: Record<string, unknown>[] = []
    // a driver's rows may be an array of its own kind, whose `map` is a slow one
    for (let at = 0; at < rows.length; at += 1) made.push(read(rows[at] ?? []))
    return made
  }

  #readerOf(columns: Answer["columns"], from: number): RowReader {
    const known = this.#readers.get(from)
    if (known?.types.every((type, at) => columns[at + from]?.type === type)) return known.read
    const types = this.#fields.map((_, at) => columns[at + from]?.type ?? 0)
    const reads = this.#fields.map(({ column }, at) => readerOf(column, types[at] ?? 0))
    const read = rowReader(
      this.#fields.map(({ name }) => name),
      reads,
      from,
    )
    this.#readers.set(from, { types, read })
    return read
  }

  #written(
    row: Row,
    make: "defaultFn" | "onUpdateFn" | null,
  ): { names: string[]; params: (string | null)[] } | null {
    const names: string[] = []
    const params: (string | null)[] = []
    const given = make === null || this.#made.length === 0 ? row : this.#filled(row, make)
    for (const { name, column } of this.#fields) {
      const value = given[name]
      if (value === undefined) continue
      if (make === "defaultFn" && column.generated?.type === "always") continue
      if (isExpression(value)) return null
      const mapped = value === null ? null : column.mapToDriverValue(value)
      if (isExpression(mapped)) return null
      names.push(name)
      params.push(encode(mapped))
    }
    return { names, params }
  }

  #filled(row: Row, make: "defaultFn" | "onUpdateFn"): Row {
    const filled = { ...row }
    for (const [name, column] of this.#made) {
      const made =
        make === "defaultFn" ? (column.defaultFn ?? column.onUpdateFn) : column.onUpdateFn
      if (filled[name] === undefined && made !== undefined) filled[name] = made()
    }
    return filled
  }

  #shape(key: string, make: () => string): string {
    let text = this.#shapes.get(key)
    if (text === undefined) {
      text = `${make()} returning ${this.columns}`
      if (this.#shapes.size >= MAX_SHAPES) this.#shapes.clear()
      this.#shapes.set(key, text)
    }
    return text
  }

  /** Columns as SET and INSERT name them: without their table, which is all that stands before the name. */
  list(names: readonly string[]): string {
    return names.map((name) => this.#qualified(name).slice(this.from.length + 1)).join(", ")
  }

  #qualified(name: string): string {
    return this.text(sql`${this.#column(name)}`)
  }

  #column(name: string): PgColumn {
    const column = this.#fields.find((field) => field.name === name)?.column
    if (column === undefined) throw new TypeError(`no column ${name} in ${this.from}`)
    return column
  }
}

/** Drizzle's `is` looks at the constructor, which an object without a prototype has not. */
const isExpression = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  Object.getPrototypeOf(value) !== null &&
  (is(value, SQL) || is(value, Column))

/** What makes a value of a text: what the wire's type says, and then the column. None where it stays text. */
export function readerOf(column: PgColumn, type: number): Read {
  const decode = decoderOf(type, drizzle)
  const plain = column.mapFromDriverValue === Column.prototype.mapFromDriverValue
  if (plain) return decode
  if (decode === undefined) return (text) => column.mapFromDriverValue(text)
  return (text) => {
    const value = decode(text)
    return value === null ? null : column.mapFromDriverValue(value)
  }
}

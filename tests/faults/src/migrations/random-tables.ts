import { sql } from "drizzle-orm"
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  type PgColumnBuilderBase,
  pgEnum,
  pgTable,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core"

/** One table, as data, so that another version of it can be made. */
export interface TableShape {
  readonly name: string
  readonly columns: readonly {
    readonly name: string
    readonly type: number
    readonly notNull: boolean
  }[]
  readonly extras: readonly number[]
  /** The table it refers to. */
  readonly parent: string | undefined
}

const mood = pgEnum("mood", ["sad", "so so", "it's good"])
const types: readonly ((notNull: boolean) => PgColumnBuilderBase)[] = [
  (not) => (not ? text().notNull() : text()),
  (not) => (not ? integer().notNull().default(7) : integer()),
  (not) => (not ? boolean().notNull().default(false) : boolean()),
  (not) => (not ? timestamp({ withTimezone: true }).notNull().defaultNow() : timestamp()),
  (not) =>
    not
      ? jsonb()
          .notNull()
          .default({ a: [1, "b"] })
      : jsonb(),
  (not) => (not ? uuid().notNull().defaultRandom() : uuid()),
  (not) => (not ? mood().notNull().default("so so") : mood()),
  (not) => (not ? bigint({ mode: "bigint" }).notNull() : text().array()),
]

/** What Drizzle declares for them. */
export function declared(shapes: readonly TableShape[]): Record<string, unknown> {
  const made: Record<string, ReturnType<typeof table>> = {}
  for (const shape of shapes) made[shape.name] = table(shape, made)
  const usesMood = shapes.some(({ columns }) => columns.some(({ type }) => type === 6))
  return { ...made, ...(usesMood ? { mood } : {}) }
}

function table(
  { name, columns, extras, parent }: TableShape,
  others: Readonly<Record<string, { readonly id: AnyPgColumn }>>,
) {
  const rest = Object.fromEntries(
    columns.map(({ name, type, notNull }) => [name, (types[type] ?? text)(notNull)]),
  )
  const target = parent === undefined ? undefined : others[parent]
  return pgTable(name, { id: integer().primaryKey(), parentId: integer(), ...rest }, (self) => {
    const on = (extra: number) => Object.values(self)[extra % Object.values(self).length] ?? self.id
    return [
      ...extras.map((extra, at) => {
        const given = `${name}_${at}`
        if (extra % 4 === 0) return index(given).on(on(extra >> 2))
        if (extra % 4 === 1) return unique(given).on(on(extra >> 2))
        if (extra % 4 === 2) return uniqueIndex(given).on(self.id)
        return check(given, sql`${self.id} <> ${sql.raw(String(extra))}`)
      }),
      ...(target
        ? [
            foreignKey({
              name: `${name}_parent`,
              columns: [self.parentId],
              foreignColumns: [target.id],
            }).onDelete("cascade"),
          ]
        : []),
    ]
  })
}
/** Some tables, and a later version of them that has more, or less. */
export function randomShapes(random: () => number): [TableShape[], TableShape[]] {
  const upTo = (limit: number) => Math.floor(random() * limit)
  const many = <T>(limit: number, make: (at: number) => T) =>
    Array.from({ length: upTo(limit + 1) }, (_, at) => make(at))
  const column = (at: number) => ({
    name: `c${at}`,
    type: upTo(types.length),
    notNull: random() < 0.5,
  })
  const shapes = many(
    4,
    (at): TableShape => ({
      name: `t${at}`,
      columns: many(6, column),
      extras: many(4, () => upTo(64)).map((extra) =>
        extra % 4 === 0 || extra % 4 === 1 ? extra % 8 : extra,
      ),
      parent: at > 0 && random() < 0.6 ? `t${upTo(at)}` : undefined,
    }),
  )
  const more = shapes.map((shape) => ({
    ...shape,
    columns: [...shape.columns, ...many(3, (at) => column(shape.columns.length + at))],
  }))
  const next = [
    ...more,
    { name: "new_one", columns: many(3, column), extras: [2, 3], parent: shapes[0]?.name },
  ]
  return random() < 0.5 ? [shapes, next] : [next, shapes]
}

import { type Awaitable, type Random, seeded } from "@bennu/core"
import { change } from "../cast.ts"
import type { Changeset } from "../changeset.ts"
import type { Row, Schema } from "../schema.ts"
import { builtRow } from "./built-row.ts"
import { FactoryError, UnknownTraitError } from "./errors.ts"
import { checkParent, foreignKeys } from "./foreign-keys.ts"
import type { Given, Inserts, ParentSource, Sources, Values } from "./given.ts"

/** What happens once a row is in the database: rows that belong to it, or a count that it changes. */
export type AfterInsert<S extends Schema> = (row: Row<S>, repo: Inserts) => Awaitable<unknown>

/** Makes rows of one schema. It is never changed: `trait`, `with` and `belongsTo` make another, with the same sequence. */
export interface Factory<S extends Schema, Traits extends string = never> {
  /** A whole row that is in no database, with stand-ins for what only the database computes; so are the rows it belongs to. */
  build(values?: Given<S>): Row<S>
  buildMany(count: number, values?: Given<S>): Row<S>[]
  /** A row in the database, and before it the rows that it belongs to; what has a default there is left to it. */
  insert(repo: Inserts, values?: Given<S>): Promise<Row<S>>
  /** Several rows, one after the other. */
  insertMany(repo: Inserts, count: number, values?: Given<S>): Promise<Row<S>[]>
  /**
   * Names what some rows have in common.
   * @param afterInsert What more they need, once they are there.
   * @example user.trait("admin", { role: "admin" }).with("admin").insert(repo)
   */
  trait<Name extends string>(
    name: Name,
    values: Given<S>,
    afterInsert?: AfterInsert<S>,
  ): Factory<S, Traits | Name>
  /** Rows that have these traits; where two say the same column, the later one. Values of a row come last. */
  with(...traits: readonly Traits[]): Factory<S, Traits>
  /**
   * Where the rows come from that these belong to, unless a row is given (`{ author: ada }`), or its key.
   * @example factory(Article, …).belongsTo({ author: user })
   */
  belongsTo(parents: Sources<S>): Factory<S, Traits>
}

export interface FactoryOptions {
  /** What time it is, for columns whose default is the time (`Date.now`). */
  readonly now?: (() => number) | undefined
  /** What the random numbers of its rows follow from (1); an error tells it. */
  readonly seed?: number | undefined
}

interface Trait<S extends Schema> {
  readonly values: Given<S>
  readonly afterInsert: AfterInsert<S> | undefined
}

/** All that makes a factory what it is. */
interface Recipe<S extends Schema> {
  readonly schema: S
  readonly defaults: (sequence: number, random: Random) => Values<S>
  readonly now: () => number
  readonly seed: number
  readonly traits: ReadonlyMap<string, Trait<S>>
  readonly chosen: readonly Trait<S>[]
  readonly parents: ReadonlyMap<string, ParentSource<object>>
  /** Numbers that all factories take from which came of one. */
  readonly next: () => number
}

/**
 * Makes rows for tests and seeds, so that each says only what it is about.
 * @param defaults The rest, from a number that is another one for each row, from 1, and from random numbers that are the
 * same for that row in every run.
 * @example const user = factory(User, (n) => ({ email: `user${n}@example.com` }))
 */
export function factory<S extends Schema>(
  schema: S,
  defaults: (sequence: number, random: Random) => Values<S>,
  { now = Date.now, seed = 1 }: FactoryOptions = {},
): Factory<S> {
  let last = 0
  const next = () => ++last
  return from({
    ...{ schema, defaults, now, seed, next },
    ...{ traits: new Map(), chosen: [], parents: new Map() },
  })
}

function from<S extends Schema, Traits extends string>(recipe: Recipe<S>): Factory<S, Traits> {
  const { schema, defaults, now, seed, traits, chosen, parents, next } = recipe

  /** What a row shall have, and the parents that have to be made for it: by the column that refers to each. */
  const plan = (given: Given<S> | undefined) => {
    const sequence = next()
    // neighbouring seeds would begin with similar numbers
    const random = seeded(seed ^ Math.imul(sequence, 0x9e3779b9))
    const said = [...chosen.map(({ values }) => values), given ?? {}]
    const layers = said.map((values) => (typeof values === "function" ? values(sequence) : values))
    const merged = Object.assign({}, defaults(sequence, random), ...layers)
    return { sequence, ...foreignKeys(schema, merged, parents) }
  }
  // the values are columns and virtual fields: `foreignKeys` has taken the rest out
  const changesetOf = (values: object): Changeset<S> => change(schema, {}, values as Values<S>)

  const build = (values?: Given<S>): Row<S> => {
    const { sequence, fields, missing } = plan(values)
    const made = missing.map(({ key, source, of }) => [key, Reflect.get(source.build(), of)])
    const changeset = changesetOf({ ...fields, ...Object.fromEntries(made) })
    return builtRow(schema, changeset, { sequence, now, seed })
  }
  const insert = async (repo: Inserts, values?: Given<S>): Promise<Row<S>> => {
    const { fields, missing } = plan(values)
    for (const { key, source, of } of missing)
      fields[key] = Reflect.get(await source.insert(repo), of)
    const changeset = changesetOf(fields)
    if (!changeset.valid) throw new FactoryError(schema.name, changeset.errors, seed)
    const result = await repo.insert(changeset)
    if (!result.ok) throw new FactoryError(schema.name, result.error.errors, seed)
    for (const { afterInsert } of chosen) await afterInsert?.(result.value, repo)
    return result.value
  }

  return {
    build,
    buildMany: (count, values) => Array.from({ length: count }, () => build(values)),
    insert,
    async insertMany(repo, count, values) {
      const rows: Row<S>[] = []
      while (rows.length < count) rows.push(await insert(repo, values))
      return rows
    },
    trait: (name, values, afterInsert) =>
      from({ ...recipe, traits: new Map(traits).set(name, { values, afterInsert }) }),
    with(...names) {
      const more = names.map((name) => {
        const trait = traits.get(name)
        if (trait === undefined) throw new UnknownTraitError(schema.name, name, [...traits.keys()])
        return trait
      })
      return from({ ...recipe, chosen: [...chosen, ...more] })
    },
    belongsTo: (more) => {
      const entries: readonly [string, ParentSource<object>][] = Object.entries(more)
      for (const [name] of entries) checkParent(schema, name)
      return from({ ...recipe, parents: new Map([...parents, ...entries]) })
    },
  }
}

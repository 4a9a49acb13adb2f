import { parseOptions, seeded } from "@bennu/core"
import type { NewRow, Repo } from "@bennu/repo"
import type { Row, Schema } from "@bennu/schema"
import * as z from "zod"
import { SeedError } from "./errors.ts"
import type { Seed, SeedVolume } from "./seed.ts"

export interface SeedRowsOptions<S extends Schema> {
  /** What tells two rows apart to a person, `["slug"]`: columns with a unique constraint. */
  readonly key: readonly (keyof Row<S>)[]
  /** Where it runs (everywhere). */
  readonly environments?: readonly string[] | undefined
  /** What the database remembers it by (the table's name). */
  readonly name?: string | undefined
}

/**
 * Rows that shall be there as they are written here, each time: those that are new come in, those that differ are
 * changed, the others are not touched. What is there and not written here stays.
 * @example await seed(repo, [seedRows(Plan, [{ slug: "free", price: 0 }], { key: ["slug"] })])
 */
export function seedRows<S extends Schema>(
  schema: S,
  rows: readonly NewRow<S>[],
  { key, environments, name = schema.name }: SeedRowsOptions<S>,
): Seed {
  return {
    name,
    environments,
    schema,
    when: "always",
    async run(repo) {
      const changed = await inBatches(repo, schema, rows, { target: key, replace: "all" })
      return { changed }
    },
  }
}

export interface SeedVolumeOptions {
  /** What the database remembers it by; it runs once. */
  readonly name: string
  readonly count: number
  /** Where it runs: say it, so that it never does in production. */
  readonly environments: readonly string[]
  /** What chance follows from (drawn); told by `seedStopped` and by errors, so that a run can be repeated. */
  readonly randomSeed?: number | undefined
}

const count = z.int().positive().max(100_000_000)
const randomSeed = z.int().nonnegative().optional()
const volume = z.strictObject({
  name: z.string().min(1),
  count,
  environments: z.array(z.string()).readonly(),
  randomSeed,
}) satisfies z.ZodType<SeedVolumeOptions>
const asked = z.strictObject({ rows: count.optional(), randomSeed }) satisfies z.ZodType<SeedVolume>

/**
 * As many rows as a load test or a demonstration needs, made one by one, written by COPY.
 * @param row From its number, from 1, and numbers in [0, 1) that are the same for the same `randomSeed`. A factory's `build` does well.
 * @example seedVolume(Article, (n, random) => ({ slug: `article-${n}`, views: Math.floor(random() * 1_000) }), { name: "many", count: 100_000, environments: ["performance"] })
 */
export function seedVolume<S extends Schema>(
  schema: S,
  row: (number: number, random: () => number) => NewRow<S>,
  options: SeedVolumeOptions,
): Seed {
  const { name, environments, ...usual } = parseOptions("seedVolume", volume, options)
  return {
    name,
    environments,
    schema,
    async run(repo, given) {
      const { rows: count = usual.count, ...wanted } = parseOptions("seed", asked, given)
      const randomSeed =
        wanted.randomSeed ?? usual.randomSeed ?? Math.floor(Math.random() * 2 ** 31)
      const random = seeded(randomSeed)
      try {
        const changed = await repo.copyIn(
          schema,
          rows(count, (n) => row(n, random)),
        )
        return { changed, randomSeed }
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        throw new SeedError(name, `${message} (randomSeed ${randomSeed})`, { cause: error })
      }
    },
  }
}

function* rows<T>(count: number, row: (number: number) => T): Generator<T> {
  for (let number = 1; number <= count; number += 1) yield row(number)
}

// PostgreSQL takes 65,535 parameters: 60 columns of 1,000 rows
const BATCH = 1_000

async function inBatches<S extends Schema>(
  repo: Repo,
  schema: S,
  rows: readonly NewRow<S>[],
  conflict?: { readonly target: readonly (keyof Row<S>)[]; readonly replace: "all" },
): Promise<number> {
  let changed = 0
  for (let start = 0; start < rows.length; start += BATCH) {
    const batch = rows.slice(start, start + BATCH)
    changed += (await repo.insertAll(schema, batch, { onConflict: conflict })).length
  }
  return changed
}

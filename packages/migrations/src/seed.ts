import type { Repo } from "@bennu/repo"
import type { Schema } from "@bennu/schema"
import * as z from "zod"
import { SeedError } from "./errors.ts"
import { inOrder } from "./seed-order.ts"
import { seedStopped } from "./telemetry.ts"

/** Rows that an app starts with. */
export interface Seed {
  /** What the database remembers it by. */
  readonly name: string
  /** Where it runs (everywhere): `["development"]`. */
  readonly environments?: readonly string[] | undefined
  /** `"once"`: never again where it ran. `"always"`: each time, so write it with `onConflict`. (`"once"`) */
  readonly when?: "once" | "always" | undefined
  /** Whose rows they are: after those that they refer to. */
  readonly schema?: Pick<Schema, "table"> | undefined
  /** Runs in a transaction. What it returns as `changed`, the number of rows, is told. */
  run(repo: Repo, volume: SeedVolume): Promise<unknown>
}
/** What somebody asks of volumes, instead of what these say themselves. */
export interface SeedVolume {
  /** How many rows each of them makes. */
  readonly rows?: number | undefined
  /** What chance follows from, to make the rows of an earlier run again. */
  readonly randomSeed?: number | undefined
}
export interface SeedOptions extends SeedVolume {
  /** Which seeds run (`NODE_ENV`, else `"development"`). */
  readonly environment?: string | undefined
}

/**
 * Runs seeds in their order, each in a transaction of its own; safe to call at every start and from several processes.
 * @returns The names of those that ran, without those that found nothing to change.
 * @throws {SeedError} at the first that fails.
 * @example await seed(repo, [{ name: "tags", run: (repo) => repo.insertAll(Tag, [{ name: "news" }]) }])
 */
export async function seed(
  repo: Repo,
  seeds: readonly Seed[],
  { environment = process.env["NODE_ENV"] ?? "development", ...volume }: SeedOptions = {},
): Promise<string[]> {
  const twice = seeds.find(({ name }, at) => seeds.findIndex((other) => other.name === name) < at)
  if (twice !== undefined)
    throw new SeedError(twice.name, "there are two of that name", { hint: "Rename one of them." })
  const ran: string[] = []
  for (const { name, environments, when = "once", run } of inOrder(seeds)) {
    if (environments !== undefined && !environments.includes(environment)) continue
    const started = performance.now()
    const done = await repo
      .transaction(async (within) => {
        if (!(await isDue(within, name, when))) return null
        const result = await run(within, volume)
        refuseFailure(result)
        return Ran.parse(result)
      })
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error)
        throw error instanceof SeedError ? error : new SeedError(name, message, { cause: error })
      })
    if (done === null) continue
    seedStopped.emit(() => ({ name, ...done, duration: performance.now() - started }))
    if (done.changed !== 0) ran.push(name)
  }
  return ran
}

const Ran = z
  .object({ changed: z.number().optional(), randomSeed: z.number().optional() })
  .catch({})

/** Notes that it runs now; the lock makes others wait, and see the note. */
async function isDue({ sql }: Repo, name: string, when: "once" | "always"): Promise<boolean> {
  await sql.query(
    "select pg_advisory_xact_lock(hashtext('bennu seeds'), hashtext(current_schema()))",
  )
  await sql.query(
    "create table if not exists bennu_seeds (name text primary key, ran_at timestamptz not null)",
  )
  const { rows } = await sql.query(
    `insert into bennu_seeds (name, ran_at) values ($1, now())
      on conflict (name) do update set ran_at = excluded.ran_at where $2::boolean returning name`,
    [name, when === "always"],
  )
  return rows.length > 0
}

/** `repo.insert` returns what was wrong with a changeset; a seed has nobody to show it to. */
function refuseFailure(result: unknown): void {
  for (const each of [result].flat()) {
    if (typeof each !== "object" || each === null || !("ok" in each) || each.ok !== false) continue
    throw new Error("a changeset was refused", { cause: "error" in each ? each.error : undefined })
  }
}

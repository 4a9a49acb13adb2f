import { Command, InvalidArgumentError } from "commander"
import { openDatabase } from "../database/open-database.ts"
import { loadConfig } from "../load-config.ts"
import { counted } from "../print-problems.ts"
import type { Terminal } from "../terminal.ts"

interface SeedOptions {
  readonly config?: string
  readonly environment?: string
  readonly rows?: number
  readonly randomSeed?: number
}

/** `1000`, `10k`, `1m`. */
function asRows(text: string): number {
  const [, digits, unit = ""] = /^(\d{1,9})([km]?)$/.exec(text) ?? []
  const rows = Number(digits) * ({ k: 1_000, m: 1_000_000 }[unit] ?? 1)
  if (rows >= 1 && rows <= 100_000_000) return rows
  throw new InvalidArgumentError("It is no number from 1 to 100m.")
}

function asRandomSeed(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError("It is no whole number.")
}

/** `bennu seed`: the rows that an app starts with. */
export const seedCommand = (terminal: Terminal): Command =>
  new Command("seed")
    .description("write the rows that the app starts with; what is there already is left alone")
    .option("-c, --config <file>", "the configuration (the nearest bennu.config.ts)")
    .option("-e, --environment <name>", "whose seeds run (NODE_ENV, else development)")
    .option("--rows <number>", "how many a volume makes: 10k, 1m (what it says itself)", asRows)
    .option("--random-seed <number>", "to make the rows of an earlier run again", asRandomSeed)
    .action(async ({ config, environment, rows, randomSeed }: SeedOptions) => {
      await using database = await openDatabase(await loadConfig(terminal.cwd, config))
      const { repo, tools } = database
      const seeds = (await database.config.seeds?.()) ?? []
      using _ = tools.seedStopped.subscribe(({ name, changed, randomSeed }) => {
        const done = changed === undefined ? "done" : `${counted(changed, "row")} changed`
        const chance = randomSeed === undefined ? "" : `, randomSeed ${randomSeed}`
        terminal.out(`${name}: ${done}${chance}\n`)
      })
      const ran = await tools.seed(repo, seeds, { environment, rows, randomSeed })
      terminal.out(`${counted(ran.length, "seed")} of ${seeds.length} changed something\n`)
    })

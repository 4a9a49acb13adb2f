import { Command } from "commander"
import { openDatabase } from "../database/open-database.ts"
import { loadConfig } from "../load-config.ts"
import { counted } from "../print-problems.ts"
import type { Terminal } from "../terminal.ts"

interface SeedOptions {
  readonly config?: string
  readonly environment?: string
}

/** `bennu seed`: the rows that an app starts with. */
export const seedCommand = (terminal: Terminal): Command =>
  new Command("seed")
    .description("write the rows that the app starts with; what is there already is left alone")
    .option("-c, --config <file>", "the configuration (the nearest bennu.config.ts)")
    .option("-e, --environment <name>", "whose seeds run (NODE_ENV, else development)")
    .action(async ({ config, environment }: SeedOptions) => {
      await using database = await openDatabase(await loadConfig(terminal.cwd, config))
      const { repo, tools } = database
      const seeds = (await database.config.seeds?.()) ?? []
      using _ = tools.seedStopped.subscribe(({ name, changed, randomSeed }) => {
        const rows = changed === undefined ? "done" : `${counted(changed, "row")} changed`
        const chance = randomSeed === undefined ? "" : `, randomSeed ${randomSeed}`
        terminal.out(`${name}: ${rows}${chance}\n`)
      })
      const ran = await tools.seed(repo, seeds, { environment })
      terminal.out(`${counted(ran.length, "seed")} of ${seeds.length} changed something\n`)
    })

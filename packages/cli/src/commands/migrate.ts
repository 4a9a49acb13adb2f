import { relative } from "node:path"
import { duration } from "@bennu/core/zod"
import { Command, InvalidArgumentError, Option } from "commander"
import { checkDatabase } from "../database/check-database.ts"
import { baselineDatabase, generateDatabase } from "../database/generate-database.ts"
import { lintDatabase } from "../database/lint-database.ts"
import { type OpenDatabase, openDatabase } from "../database/open-database.ts"
import { showStatus } from "../database/show-status.ts"
import { loadConfig } from "../load-config.ts"
import { counted, FORMATS, type Format, printProblems } from "../print-problems.ts"
import type { Terminal } from "../terminal.ts"

interface ConfigOption {
  readonly config?: string
}
interface LockOptions extends ConfigOption {
  /** Milliseconds. */
  readonly wait?: number
  readonly lock?: "session" | "row"
}
interface UpOptions extends LockOptions {
  readonly check?: boolean
  readonly format: Format
  readonly phase?: "pre" | "post"
  readonly by?: string
}
interface DownOptions extends LockOptions {
  readonly steps?: number
  readonly to?: string
}
interface StatusOptions extends ConfigOption {
  readonly format: "text" | "json"
}
interface GenerateOptions extends ConfigOption {
  readonly baseline?: boolean
}
interface FormatOptions extends ConfigOption {
  readonly format: Format
}

const withConfig = (command: Command): Command =>
  command.option("-c, --config <file>", "the configuration (the nearest bennu.config.ts)")
const withLock = (command: Command): Command =>
  command
    .option("--wait <duration>", "for another process that migrates (60s)", asDuration)
    .addOption(
      new Option("--lock <kind>", "row: behind a pooler of transactions").choices([
        "session",
        "row",
      ]),
    )
const format = (...formats: readonly Format[]): Option =>
  new Option("-f, --format <format>", "what to print").choices(formats).default("text")

function asDuration(text: string): number {
  const { data, error } = duration.safeParse(text)
  if (data === undefined) throw new InvalidArgumentError(error?.issues[0]?.message ?? "")
  return data
}

function asCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new InvalidArgumentError("It is no number from 1.")
}

function asName(text: string): string {
  if (/^[a-z\d_]{1,200}$/.test(text)) return text
  throw new InvalidArgumentError("Name it in small letters, digits and underscores.")
}

/** Says each migration as it is done, and who keeps it from being done. */
function tellEach(
  terminal: Terminal,
  { migrationStopped, migrationsAwaited }: OpenDatabase["tools"],
): Disposable {
  const stack = new DisposableStack()
  const stopped = migrationStopped.subscribe(({ id, direction, duration, error }) => {
    if (error !== undefined) return
    const done = direction === "up" ? "applied" : "taken back"
    terminal.out(`${id} ${done} in ${Math.round(duration)} ms\n`)
  })
  const awaited = migrationsAwaited.subscribe(({ holder = "another connection", waited }) => {
    terminal.err(`waiting for ${holder}, which migrates (${Math.round(waited / 1_000)} s)\n`)
  })
  stack.use(stopped)
  stack.use(awaited)
  return stack
}

/** `bennu migrate`: brings the database of an app to its newest structure, and tells what is wrong with it. */
export function migrateCommand(terminal: Terminal): Command {
  const load = ({ config }: ConfigOption) => loadConfig(terminal.cwd, config)
  const status = withConfig(new Command("status"))
    .description("show which migrations were applied, when, by whom and how long that took")
    .addOption(format("text", "json"))
    .action(async (options: StatusOptions) => {
      await using database = await openDatabase(await load(options))
      const { repo, migrations, tools } = database
      const states = await tools.status(repo.sql, migrations)
      terminal.out(showStatus(states, options.format))
    })
  const rollback = withLock(withConfig(new Command("rollback")))
    .description("take back the newest migration")
    .option("--steps <number>", "take back as many (1)", asCount)
    .option("--to <version>", "take back all that came after this one")
    .action(async ({ steps, to, wait, lock, ...options }: DownOptions) => {
      await using database = await openDatabase(await load(options))
      const { repo, migrations, tools } = database
      using _ = tellEach(terminal, tools)
      const back = await tools.rollback(repo.sql, migrations, { steps, to, wait, lock })
      terminal.out(`${counted(back.length, "migration")} taken back\n`)
    })
  const lint = withConfig(new Command("lint"))
    .description("find what migrations do that would hurt an app in use, and how to do it safely")
    .addOption(format(...FORMATS))
    .action(async (options: FormatOptions) => {
      const report = await lintDatabase(await load(options))
      const summary = `migrations: ${counted(report.problems.length, "problem")} in ${counted(report.migrations, "migration")}`
      terminal.out(printProblems(report, summary, options.format, terminal.cwd))
      terminal.exitCode = report.problems.length === 0 ? 0 : 1
    })
  const generate = withConfig(new Command("generate"))
    .description("write the next migration from what the tables have become, its way back proved")
    .argument("[name]", "what it is called: add_tags", asName)
    .option(
      "--baseline",
      "write none: take those there are, written by hand, as what the tables declare",
    )
    .action(
      async (name: string | undefined, { baseline, ...options }: GenerateOptions, command) => {
        const tell = (file: string) => terminal.out(`${relative(terminal.cwd, file)} written\n`)
        if (baseline) {
          const { file, undeclared } = await baselineDatabase(await load(options))
          for (const line of undeclared) terminal.out(`in no table's declaration: ${line}\n`)
          return tell(file)
        }
        if (name === undefined) return command.error("error: missing required argument 'name'")
        const file = await generateDatabase(await load(options), name)
        if (file === null) terminal.out("nothing changed\n")
        else tell(file)
      },
    )
  // options stand behind the command that they are of: both have -f
  return withLock(withConfig(new Command("migrate")))
    .enablePositionalOptions()
    .description("bring the database to its newest structure")
    .option("--check", "change nothing: fail on drift, edited migrations and missing constraints")
    .addOption(format(...FORMATS))
    .addOption(
      new Option("--phase <phase>", "those before or after a deployment only").choices([
        "pre",
        "post",
      ]),
    )
    .option("--by <name>", "who it is, for the ledger (user@host)")
    .action(async ({ check, phase, by, wait, lock, format, ...options }: UpOptions) => {
      const loaded = await load(options)
      if (check) {
        const report = await checkDatabase(loaded)
        const { problems, migrations, pending } = report
        const summary = `migrations: ${counted(problems.length, "problem")} in ${counted(migrations, "migration")}, ${pending} pending`
        terminal.out(printProblems(report, summary, format, terminal.cwd))
        terminal.exitCode = problems.length === 0 ? 0 : 1
        return
      }
      await using database = await openDatabase(loaded)
      const { repo, migrations, appVersion, tools } = database
      using _ = tellEach(terminal, tools)
      const applied = await tools.migrate(repo.sql, migrations, {
        phase,
        by,
        appVersion,
        wait,
        lock,
      })
      terminal.out(`${counted(applied.length, "migration")} applied\n`)
    })
    .addCommand(status)
    .addCommand(rollback)
    .addCommand(lint)
    .addCommand(generate)
}

import { BennuError } from "@bennu/core"
import { Command, CommanderError } from "commander"
import { contextsCommand } from "./commands/contexts.ts"
import { migrateCommand } from "./commands/migrate.ts"
import { routesCommand } from "./commands/routes.ts"
import { seedCommand } from "./commands/seed.ts"
import type { Terminal } from "./terminal.ts"
import { version } from "./version.ts"

/**
 * Runs `bennu` with these arguments.
 * @returns The exit code: 0, 1 when a check found something or a migration failed, 2 when it was called or configured wrongly.
 */
export async function run(
  args: readonly string[],
  { cwd, out, err }: Pick<Terminal, "cwd" | "out" | "err">,
): Promise<number> {
  const terminal: Terminal = { cwd, out, err, exitCode: 0 }
  try {
    await program(terminal).parseAsync(args, { from: "user" })
    return terminal.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof BennuError)) throw error
    const hint = error.hint === undefined ? "" : `\n  ${error.hint.replaceAll("\n", "\n  ")}`
    err(`bennu: ${error.message}${hint}\n`)
    return error.code.startsWith("ERR_MIGRATIONS_") ? 1 : 2
  }
}

function program(terminal: Terminal): Command {
  const bennu = new Command("bennu")
    .enablePositionalOptions()
    .description("The command of Bennu apps.")
    .version(version, "-V, --version")
    .addCommand(contextsCommand(terminal))
    .addCommand(migrateCommand(terminal))
    .addCommand(routesCommand(terminal))
    .addCommand(seedCommand(terminal))
    .addHelpText("after", `\nIn a new app, begin with:\n  bennu contexts check --help\n`)
  const all = (command: Command): void => {
    command
      .exitOverride()
      .showSuggestionAfterError()
      .showHelpAfterError("(bennu --help shows what there is)")
      .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    for (const sub of command.commands) all(sub)
  }
  all(bennu)
  return bennu
}

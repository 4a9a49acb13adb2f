import { relative, resolve } from "node:path"
import { Command, Option } from "commander"
import { assess } from "../contexts/assess.ts"
import { type ContextsReport, checkContexts } from "../contexts/check-contexts.ts"
import { contextGraph } from "../contexts/graph.ts"
import { driftOf, writeGraph } from "../contexts/graph-file.ts"
import { ConfigError } from "../errors.ts"
import { type LoadedConfig, loadConfig } from "../load-config.ts"
import { counted, FORMATS, type Format, printProblems } from "../print-problems.ts"
import type { Terminal } from "../terminal.ts"

interface CheckOptions {
  readonly config?: string
  readonly format: Format
  readonly assess?: boolean
}
interface GraphOptions {
  readonly config?: string
  readonly check?: string | true
  readonly write?: string | true
}

/** `bennu contexts`: that contexts keep to their boundaries, and a picture of them. */
export function contextsCommand(terminal: Terminal): Command {
  const config = () =>
    new Option("-c, --config <file>", "the configuration (the nearest bennu.config.ts)")
  const check = new Command("check")
    .description("find imports, tables and circles that cross a boundary")
    .addOption(config())
    .addOption(
      new Option("-f, --format <format>", "what to print").choices(FORMATS).default("text"),
    )
    .option("--assess", "show how the contexts hang together")
    .action(async (options: CheckOptions) => {
      const report = await checkContexts(await loadConfig(terminal.cwd, options.config))
      terminal.out(printProblems(report, summary(report), options.format, terminal.cwd))
      if (options.assess === true && options.format === "text")
        terminal.out(`\n${assess(report.contexts)}`)
      terminal.exitCode = report.problems.length === 0 ? 0 : 1
    })
  const graph = new Command("graph")
    .description("print the contexts as a Mermaid flowchart")
    .addOption(config())
    .option("--write [file]", "keep it in a file (boundaries.graph of the configuration)")
    .option("--check [file]", "fail when the file keeps another one")
    .action(async (options: GraphOptions) => {
      const loaded = await loadConfig(terminal.cwd, options.config)
      const drawn = contextGraph((await checkContexts(loaded)).contexts)
      const asked = options.write ?? options.check
      if (asked === undefined) return terminal.out(drawn)
      const file = graphFile(loaded, asked, terminal.cwd)
      const shown = relative(terminal.cwd, file)
      if (options.write !== undefined) writeGraph(file, drawn)
      const drift = driftOf(file, drawn)
      if (drift === null) return terminal.out(`${shown} keeps the graph of the contexts\n`)
      const again = `bennu contexts graph --write${asked === true ? "" : ` ${shown}`}`
      terminal.err(
        `${shown}:${drift.line}: the graph is not that of the contexts: ${drift.message}\n  Run ${again}, and look at what changed.\n`,
      )
      terminal.exitCode = 1
    })
  return new Command("contexts")
    .description("keep the contexts of an app apart")
    .addCommand(check)
    .addCommand(graph)
}

const summary = ({ problems, contexts, files }: ContextsReport): string =>
  `contexts: ${counted(problems.length, "problem")} in ${counted(contexts.length, "context")}, ${counted(files, "file")}`

function graphFile(
  { file, root, config }: LoadedConfig,
  asked: string | true,
  cwd: string,
): string {
  if (asked !== true) return resolve(cwd, asked)
  const kept = config.boundaries?.graph
  if (kept !== undefined) return resolve(root, kept)
  const hint = 'Add it, boundaries: { graph: "docs/contexts.md" }, or name the file.'
  throw new ConfigError(file, `${file} does not say where the graph is kept`, { hint })
}

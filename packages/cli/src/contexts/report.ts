import { relative, sep } from "node:path"
import type { ContextsReport } from "./check-contexts.ts"
import type { Problem } from "./problem.ts"

/** How a check says what it found: for people, for programs, for annotations of a pull request. */
export const FORMATS = ["text", "json", "github"] as const
export type Format = (typeof FORMATS)[number]

/** What a check prints. Files are named from `cwd`, with slashes. */
export function printReport(report: ContextsReport, format: Format, cwd: string): string {
  const shown = (file: string) => relative(cwd, file).split(sep).join("/")
  const problems = report.problems.map((problem) => ({ ...problem, file: shown(problem.file) }))
  if (format === "json") return `${JSON.stringify({ ...report, problems }, null, 2)}\n`
  const lines = problems.map(format === "github" ? annotation : paragraph)
  return [...lines, `${summary(report)}\n`].join("\n")
}

function summary({ problems, contexts, files }: ContextsReport): string {
  const count = (number: number, one: string) => `${number} ${one}${number === 1 ? "" : "s"}`
  const found = problems.length === 0 ? "no problems" : count(problems.length, "problem")
  return `contexts: ${found} in ${count(contexts.length, "context")}, ${count(files, "file")}`
}

const paragraph = ({ file, line, column, message, rule, hint }: Problem): string =>
  `${file}:${line}:${column}: ${message} [${rule}]\n  ${hint}\n`

/** docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message */
const annotation = ({ file, line, column, message, rule, hint }: Problem): string =>
  `::error file=${property(file)},line=${line},col=${column},title=${property(rule)}::${data(`${message}\n${hint}`)}`

const data = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A")
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C")

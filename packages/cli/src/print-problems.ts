import { relative, sep } from "node:path"
import type { Problem } from "./contexts/problem.ts"

/** How a check says what it found: for people, for programs, for annotations of a pull request. */
export const FORMATS = ["text", "json", "github"] as const
export type Format = (typeof FORMATS)[number]

/** What was found, and what else a program wants to know. */
export interface Report<R extends string> {
  readonly problems: readonly Problem<R>[]
}

/** What a check prints, closed by a sentence. Files are named from `cwd`, with slashes. */
export function printProblems<R extends string>(
  report: Report<R>,
  summary: string,
  format: Format,
  cwd: string,
): string {
  const shown = (file: string) => relative(cwd, file).split(sep).join("/")
  const problems = report.problems.map((problem) => ({ ...problem, file: shown(problem.file) }))
  if (format === "json") return `${JSON.stringify({ ...report, problems }, null, 2)}\n`
  const lines = problems.map(format === "github" ? annotation : paragraph)
  return [...lines, `${summary}\n`].join("\n")
}

/** `1 problem`, `2 problems`. */
export const counted = (number: number, one: string): string =>
  `${number === 0 ? "no" : number} ${one}${number === 1 ? "" : "s"}`

const paragraph = ({ file, line, column, message, rule, hint }: Problem<string>): string =>
  `${file}:${line}:${column}: ${message} [${rule}]\n  ${hint.replaceAll("\n", "\n  ")}\n`

/** docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message */
const annotation = ({ file, line, column, message, rule, hint }: Problem<string>): string =>
  `::error file=${property(file)},line=${line},col=${column},title=${property(rule)}::${data(`${message}\n${hint}`)}`

const data = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A")
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C")

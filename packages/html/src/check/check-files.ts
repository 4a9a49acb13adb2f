import { globSync, readFileSync } from "node:fs"
import { checkSource } from "./check-source.ts"

/** What was found in a number of files; each line starts with `file:line`. */
export interface FilesReport {
  readonly problems: readonly string[]
  /** Where `raw` is called. */
  readonly raws: readonly string[]
  /** Templates without a problem. */
  readonly passed: number
}

const SOURCE = /(?<!\.d)\.[cm]?[jt]sx?$/
const skipped = (name: string): boolean =>
  name === "node_modules" || name === "dist" || /\.test(-d)?\.[jt]sx?$/.test(name)

/** Checks every template in the sources that the patterns name, but for tests and what is installed or built. */
export function checkFiles(patterns: readonly string[], cwd: string = process.cwd()): FilesReport {
  const files = globSync(patterns, { cwd, exclude: skipped }).filter((file) => SOURCE.test(file))
  const problems: string[] = []
  const raws: string[] = []
  let passed = 0
  for (const file of files.sort()) {
    const report = checkSource(file, readFileSync(`${cwd}/${file}`, "utf8"))
    for (const { line, rule, message } of report.problems) {
      problems.push(`${file}:${line}: ${message} [${rule}]`)
    }
    raws.push(...report.raws.map((line) => `${file}:${line}`))
    passed += Math.max(0, report.templates - report.problems.length)
  }
  return { problems, raws, passed }
}

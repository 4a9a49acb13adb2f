import { globSync, readFileSync } from "node:fs"
import { matchesGlob } from "node:path"
import { checkSource } from "./check-source.ts"

/** What was found in a number of files; each line starts with `file:line`. */
export interface FilesReport {
  readonly problems: readonly string[]
  /** Where `raw` is called. */
  readonly raws: readonly string[]
  /** Templates without a problem. */
  readonly passed: number
}

const VOUCHED = "raw() vouches for markup, where it is not allowed to [raw]"
const SOURCE = /(?<!\.d)\.[cm]?[jt]sx?$/
const skipped = (name: string): boolean =>
  name === "node_modules" || name === "dist" || /\.test(-d)?\.[jt]sx?$/.test(name)

export interface CheckFilesOptions {
  /** The files, as patterns, in which `raw` may vouch for markup (all): anywhere else it is a problem. */
  readonly raw?: readonly string[] | undefined
}

/** Checks every template in the sources that the patterns name, but for tests and what is installed or built. */
export function checkFiles(
  patterns: readonly string[],
  cwd: string = process.cwd(),
  { raw: allowed }: CheckFilesOptions = {},
): FilesReport {
  const files = globSync(patterns, { cwd, exclude: skipped }).filter((file) => SOURCE.test(file))
  const problems: string[] = []
  const raws: string[] = []
  let passed = 0
  for (const file of files.sort()) {
    const report = checkSource(file, readFileSync(`${cwd}/${file}`, "utf8"))
    for (const { line, rule, message } of report.problems) {
      problems.push(`${file}:${line}: ${message} [${rule}]`)
    }
    const places = report.raws.map((line) => `${file}:${line}`)
    raws.push(...places)
    const mayVouch = allowed === undefined || allowed.some((pattern) => matchesGlob(file, pattern))
    if (!mayVouch) problems.push(...places.map((place) => `${place}: ${VOUCHED}`))
    passed += Math.max(0, report.templates - report.problems.length)
  }
  return { problems, raws, passed }
}

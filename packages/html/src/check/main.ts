#!/usr/bin/env node
// Checks every template in the files named: bennu-check-templates 'src/**/*.ts'
import { globSync, readFileSync } from "node:fs"
import { checkSource } from "./check-source.ts"

const ours = /\.[cm]?[jt]sx?$/
const files = globSync(process.argv.slice(2), {
  exclude: (name) =>
    name === "node_modules" || name === "dist" || /\.test(-d)?\.[jt]sx?$/.test(name),
})
  .filter((file) => ours.test(file) && !file.endsWith(".d.ts"))
  .sort()

let good = 0
let bad = 0
const raws: string[] = []
for (const file of files) {
  const report = checkSource(file, readFileSync(file, "utf8"))
  for (const { line, rule, message } of report.problems) {
    console.error(`${file}:${line}: ${message} [${rule}]`)
  }
  bad += report.problems.length
  good += Math.max(0, report.templates - report.problems.length)
  raws.push(...report.raws.map((line) => `  ${file}:${line}`))
}
if (raws.length > 0)
  console.log(`raw() vouches for markup in ${raws.length} places:\n${raws.join("\n")}`)
console.log(`templates: ${good} passed, ${bad} failed`)
process.exitCode = bad === 0 ? 0 : 1

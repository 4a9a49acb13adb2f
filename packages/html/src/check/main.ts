#!/usr/bin/env node
// Checks every template in the files named: bennu-check-templates 'src/**/*.ts' --raw src/markdown.ts
import { parseArgs } from "node:util"
import { checkFiles } from "./check-files.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { raw: { type: "string", multiple: true } },
})
const { problems, raws, passed } = checkFiles(positionals, process.cwd(), values)
for (const problem of problems) console.error(problem)
if (raws.length > 0) {
  console.log(`raw() vouches for markup in ${raws.length} places:\n  ${raws.join("\n  ")}`)
}
console.log(`templates: ${passed} passed, ${problems.length} failed`)
process.exitCode = problems.length === 0 ? 0 : 1

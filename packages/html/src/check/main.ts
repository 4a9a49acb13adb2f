#!/usr/bin/env node
// Checks every template in the files named: bennu-check-templates 'src/**/*.ts' --raw src/markdown.ts
import { parseArgs } from "node:util"
import { checkFiles } from "./check-files.ts"

const usage = `bennu-check-templates FILE… [--raw FILE…]

Checks every template in the files named (patterns are allowed) without rendering it.

  --raw FILE   raw() may vouch for markup in this file; may be given again. Left out: in all of them.
  --help       prints this`

process.exitCode = run(process.argv.slice(2))

function run(args: readonly string[]): number {
  const asked = read(args)
  if (asked instanceof Error || (!asked.values.help && asked.positionals.length === 0)) {
    console.error(`${asked instanceof Error ? asked.message : "No file is named."}\n\n${usage}`)
    return 1
  }
  if (asked.values.help) {
    console.log(usage)
    return 0
  }
  const { problems, raws, passed } = checkFiles(asked.positionals, process.cwd(), asked.values)
  for (const problem of problems) console.error(problem)
  if (raws.length > 0) {
    console.log(`raw() vouches for markup in ${raws.length} places:\n  ${raws.join("\n  ")}`)
  }
  console.log(`templates: ${passed} passed, ${problems.length} failed`)
  return problems.length === 0 ? 0 : 1
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        raw: { type: "string", multiple: true },
        help: { type: "boolean", short: "h", default: false },
      },
    })
  } catch (error) {
    // what parseArgs throws says which argument it does not know
    if (error instanceof TypeError) return error
    throw error
  }
}

// Type-checks every ts block of the READMEs and of docs/, and runs those that print.
//
// A block stands for a whole program. It is written to .blocks/ beside its package.json, so that it may import just
// what that package declares (docs/ declares everything). A block fenced as "ts ignore" is shown, not checked. A block
// that prints is run; a text block right after it is its output, to the letter.
import { spawnSync } from "node:child_process"
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"

const root = new URL("..", import.meta.url).pathname
const pages = globSync(
  ["README.md", "CONTRIBUTING.md", "docs/**/*.md", "packages/*/README.md", "examples/*/README.md"],
  {
    cwd: root,
    exclude: (path) => path.includes("node_modules"),
  },
).sort()

/** Where the blocks of a page find what they import. */
const home = (page) => {
  const [top, name] = page.split("/")
  return top === "packages" || top === "examples" ? join(root, top, name) : join(root, "docs")
}

const fence = /^```(\w*)([^\n]*)\n([\s\S]*?)^```$/gm
const blocks = pages.flatMap((page) => {
  const text = readFileSync(join(root, page), "utf8")
  const found = [...text.matchAll(fence)]
  return found.flatMap((match, index) => {
    const [whole, language, flags, code] = match
    if (language !== "ts" || flags.includes("ignore")) return []
    const line = text.slice(0, match.index).split("\n").length
    const after = found[index + 1]
    const near = after && text.slice(match.index + whole.length, after.index).trim() === ""
    const output = near && after[1] === "text" ? after[3] : undefined
    const file = join(
      home(page),
      ".blocks",
      `${page.replaceAll(/[/.]/g, "-").toLowerCase()}-${line}.ts`,
    )
    return [{ page, line, code, output, file, prints: /\bconsole\.log\(/.test(code) }]
  })
})

const folders = new Set(blocks.map(({ file }) => dirname(file)))
for (const folder of folders) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
}
// a block is a module even where it imports nothing, hence the export
for (const { file, code } of blocks)
  writeFileSync(file, /^(im|ex)port /m.test(code) ? code : `${code}export {}\n`)

let failed = 0
const fail = ({ page, line }, message) => {
  failed += 1
  console.error(`${page}:${line}: ${message}\n`)
}

const project = join(root, "node_modules/.cache/docs/tsconfig.json")
mkdirSync(dirname(project), { recursive: true })
writeFileSync(
  project,
  JSON.stringify({
    extends: relative(dirname(project), join(root, "tsconfig.base.json")),
    compilerOptions: { typeRoots: [join(root, "node_modules/@types")] },
    files: blocks.map(({ file }) => file),
  }),
)
const types =
  blocks.length === 0
    ? ""
    : spawnSync("tsc", ["-p", project, "--pretty", "false"], { cwd: root, encoding: "utf8" }).stdout
for (const block of blocks) {
  const name = relative(root, block.file)
  const errors = types.split("\n").filter((line) => line.startsWith(name))
  if (errors.length > 0) fail(block, errors.join("\n"))
  else if (block.prints) {
    const run = spawnSync("node", ["--conditions=@bennu/source", block.file], {
      cwd: dirname(block.file),
      encoding: "utf8",
      timeout: 60_000,
      env: { ...process.env, NODE_NO_WARNINGS: "1" },
    })
    if (run.status !== 0) fail(block, `ended with ${run.status ?? run.signal}\n${run.stderr}`)
    else if (block.output !== undefined && run.stdout.trim() !== block.output.trim()) {
      fail(block, `printed\n${run.stdout}\nwhere the page says\n${block.output}`)
    }
  }
}
// an error outside of the blocks (a page that cannot be resolved at all) must not pass unseen
if (types !== "" && failed === 0) {
  failed += 1
  console.error(types)
}
console.log(`docs: ${blocks.length - failed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

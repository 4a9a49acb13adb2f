import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { root } from "./workspace.ts"

// What a route may cost the type checker, so that editors stay quick in large apps. Counts, not times: they are the
// same on every machine.
const INSTANTIATIONS = 150
const TYPES = 50

const folder = join(root, "node_modules/.cache/type-cost", `${process.pid}`)
const base = relative(folder, root)

interface Cost {
  readonly instantiations: number
  readonly types: number
}

function costOf(name: string, lines: readonly string[]): Cost {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.ts`), lines.join("\n"))
  const project = join(folder, `${name}.json`)
  const compilerOptions = { typeRoots: [join(root, "node_modules/@types")] }
  const extended = join(base, "tsconfig.base.json")
  writeFileSync(
    project,
    JSON.stringify({ extends: extended, compilerOptions, files: [`${name}.ts`] }),
  )
  const { stdout, status } = spawnSync(
    join(root, "node_modules/.bin/tsc"),
    ["-p", project, "--extendedDiagnostics", "--singleThreaded", "--pretty", "false"],
    { encoding: "utf8" },
  )
  if (status !== 0) throw new Error(stdout)
  const figure = (label: string) => {
    const line = stdout.split("\n").find((line) => line.startsWith(`${label}:`))
    return Number(line?.split(/\s+/)[1])
  }
  return { instantiations: figure("Instantiations"), types: figure("Types") }
}

/** The cost of each of the first 100 routes, and of each of the 900 after them. */
function costPerRoute(name: string, write: (count: number) => readonly string[]) {
  const [none, hundred, thousand] = [0, 100, 1_000].map((count) =>
    costOf(`${name}-${count}`, write(count)),
  ) as [Cost, Cost, Cost]
  const between = (less: Cost, more: Cost, count: number): Cost => ({
    instantiations: (more.instantiations - less.instantiations) / count,
    types: (more.types - less.types) / count,
  })
  return { first: between(none, hundred, 100), later: between(hundred, thousand, 900) }
}

const times = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index))
const pattern = (index: number) =>
  index % 2 === 0 ? `GET /section${index}/:id` : `/section${index}/:id/items/:item`
const params = (index: number) => (index % 2 === 0 ? `{ id: ${index} }` : `{ id: 1, item: "a" }`)

const onRouter = (count: number) => [
  `import { paths, route, router } from "${base}/packages/router/src/index.ts"`,
  "const path = paths({",
  ...times(count, (index) => `  r${index}: "${pattern(index)}",`),
  "})",
  "export const made = router<() => string>(",
  ...times(
    count,
    (index) => `  route("GET", path.r${index}, () => path.r${index}(${params(index)})),`,
  ),
  ")",
]

// the parameters of each are read and written, so that nothing remains to be worked out later
const onPlug = (count: number) => [
  `import { type Plug, get, pipeline, scope } from "${base}/packages/plug/src/index.ts"`,
  `import { paths, router } from "${base}/packages/router/src/index.ts"`,
  "const path = paths({",
  ...times(count, (index) => `  r${index}: "${pattern(index)}",`),
  "})",
  `const user: Plug<{}, { user: string }> = (conn, next) => next(conn.assign({ user: "ada" }))`,
  "const members = pipeline(user)",
  "export const made = router(",
  `  scope("/", members, [`,
  ...times(
    count,
    (index) =>
      `    get(path.r${index}, (conn) => conn.text(conn.assigns.user + conn.params.id + path.r${index}(${params(index)}))),`,
  ),
  "  ]),",
  ")",
]

// what handlers declare comes as a package's declarations say it; what each call takes and gives is read
const onClient = (count: number) => [
  `import type { ActionHandler } from "${base}/packages/plug/src/index.ts"`,
  `import { client } from "${base}/packages/plug/src/client.ts"`,
  `import { paths } from "${base}/packages/router/src/index.ts"`,
  "const path = paths({",
  ...times(count, (index) => `  r${index}: "${pattern(index)}",`),
  "})",
  "interface Api {",
  ...times(
    count,
    (index) =>
      `  r${index}: ActionHandler<{}, "id", { page: number }, unknown, { title: string }, "not_found">`,
  ),
  "}",
  "export const asking = client<Api, typeof path>(path)",
  ...times(count, (index) => {
    const ask = `asking.r${index}({ params: ${params(index)}, query: { page: 1 } })`
    return `export const s${index} = async () => { const r = await ${ask}; return r.ok ? r.value.title : r.error.code }`
  }),
]

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("the type checker's work", () => {
  it.each([
    ["routes with typed paths", onRouter],
    ["routes in scopes with typed conns", onPlug],
    ["calls of a typed client", onClient],
  ])("for %s is bounded and linear from 100 to 1,000", { timeout: 120_000 }, (name, write) => {
    const { first, later } = costPerRoute(name.replaceAll(" ", "-"), write)
    for (const { instantiations, types } of [first, later]) {
      expect(instantiations).toBeGreaterThan(1)
      expect(instantiations).toBeLessThanOrEqual(INSTANTIATIONS)
      expect(types).toBeLessThanOrEqual(TYPES)
    }
    expect(later.instantiations).toBeLessThanOrEqual(1.1 * first.instantiations)
    expect(later.types).toBeLessThanOrEqual(1.1 * first.types)
  })
})

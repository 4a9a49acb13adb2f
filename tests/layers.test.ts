import { describe, expect, it, test } from "vitest"
import { circles, wrongDependencies, wrongImports } from "./layers.ts"
import { type Manifest, manifests, sources } from "./workspace.ts"

test.each([...manifests])("%s depends only on what is to its left", (name, manifest) => {
  expect(wrongDependencies(name, manifest)).toEqual([])
})

test.each([...manifests])(
  "%s imports what it declares, and nothing internal to others",
  (name, manifest) => {
    expect(wrongImports(name, manifest, sources(name))).toEqual([])
  },
)

test.each([...manifests.keys()])("%s has no circle among its files", (name) => {
  expect(circles(sources(name))).toEqual([])
})

describe("a planted violation is found:", () => {
  const router: Manifest = { name: "@bennu/router", dependencies: { "@bennu/core": "workspace:^" } }
  const planted = (text: string, path = "src/planted.ts") =>
    wrongImports("router", router, new Map([[path, text]]))

  it("a dependency to the right", () => {
    const wrong = { ...router, devDependencies: { "@bennu/live": "workspace:^" } }
    expect(wrongDependencies("router", wrong)).toHaveLength(1)
    expect(wrongDependencies("router", router)).toEqual([])
  })

  it("a package that nobody gave a place", () => {
    expect(wrongDependencies("gadgets", { name: "@bennu/gadgets" })).toHaveLength(1)
  })

  it("an import of what the manifest does not declare", () => {
    expect(planted('import { html } from "@bennu/html"')).toHaveLength(1)
    expect(planted('import type { Html } from "@bennu/html"')).toHaveLength(1)
    expect(planted('const { html } = await import("@bennu/html")')).toHaveLength(1)
    expect(planted('export * from "@bennu/html"')).toHaveLength(1)
    expect(planted('import {\n  ok,\n} from "@bennu/core"')).toEqual([])
  })

  it("a dev dependency used outside of tests", () => {
    const manifest = { ...router, devDependencies: { "@bennu/telemetry": "workspace:^" } }
    const text = 'import { span } from "@bennu/telemetry"'
    expect(wrongImports("router", manifest, new Map([["src/a.ts", text]]))).toHaveLength(1)
    expect(wrongImports("router", manifest, new Map([["src/a.test.ts", text]]))).toEqual([])
  })

  it("an import of what is internal to another package", () => {
    expect(planted('import { walk } from "@bennu/core/internal/walk"')).toHaveLength(1)
    expect(planted('import { walk } from "../../core/src/internal/walk.ts"')).toHaveLength(1)
    expect(planted('import { walk } from "./internal/walk.ts"')).toEqual([])
  })

  it("a circle of two files, and of three, unless only types close it", () => {
    const file = (to: string) => `import { x } from "./${to}.ts"`
    expect(
      circles(
        new Map([
          ["src/a.ts", file("b")],
          ["src/b.ts", file("a")],
        ]),
      ),
    ).toHaveLength(1)
    expect(
      circles(
        new Map([
          ["src/a.ts", file("b")],
          ["src/b.ts", file("c")],
          ["src/c.ts", file("a")],
        ]),
      ),
    ).toHaveLength(1)
    expect(
      circles(
        new Map([
          ["src/a.ts", file("b")],
          ["src/b.ts", file("c")],
          ["src/c.ts", ""],
        ]),
      ),
    ).toEqual([])
    const types = 'import type { X } from "./a.ts"'
    expect(
      circles(
        new Map([
          ["src/a.ts", file("b")],
          ["src/b.ts", types],
        ]),
      ),
    ).toEqual([])
  })
})

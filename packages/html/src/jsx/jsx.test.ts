import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { build, type Plugin } from "esbuild"
import { createServer } from "vite"
import { describe, expect, it } from "vitest"
import * as face from "../index.ts"
import { HoleError, type Html, html, TemplateError } from "../index.ts"
import { Fragment, jsxDEV } from "../jsx-dev-runtime.ts"
import { bennuJsx, bennuJsxForEsbuild, compileJsx } from "../jsx-plugin.ts"
import * as runtime from "../jsx-runtime.ts"
import { type TemplateTree, treeOf } from "../tree.ts"

const file = new URL("./page.test-d.tsx", import.meta.url).pathname

interface Page {
  page(todos: readonly object[], more: Readonly<Record<string, string>>): Html
}

/** The page as a bundler builds it, with this very package. */
async function built(plugins: Plugin[]): Promise<Page> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "cjs",
    external: ["@bennu/*"],
    jsx: "automatic",
    jsxImportSource: "@bennu/html",
    plugins,
  })
  return run(outputFiles[0]?.text ?? "")
}

function run(code: string): Page {
  const module = { exports: {} }
  const modules = new Map<string, object>([
    ["@bennu/html", face],
    ["@bennu/html/jsx-runtime", runtime],
  ])
  new Function("require", "module", code)((name: string) => modules.get(name), module)
  // proof: the file exports it, and it is type-checked
  return module.exports as Page
}

const compiled = await built([bennuJsxForEsbuild()])
const called = await built([])
const todos = [
  { id: 1, title: "javascript:alert(1)", done: true },
  { id: 2, title: 'color: "<red>"', done: false },
]
const more = { title: '"<x>"', href: "/b", class: "c" }

function template(markup: Html): TemplateTree {
  const tree = treeOf(markup)
  if (tree.kind !== "template") throw new Error(tree.kind)
  return tree
}

/** The markup of the expression, compiled. */
function compile(expression: string, names: Readonly<Record<string, unknown>> = {}): Html {
  const { code = "" } = compileJsx("a.tsx", `(${expression})`) ?? {}
  const body = code.slice(code.indexOf("("))
  const scope = { _bennuHtml: html, _bennuJsx: runtime.jsx, ...names }
  return new Function(...Object.keys(scope), `return ${body}`)(...Object.values(scope))
}

describe("TSX", () => {
  it("gives the same page whether it was compiled or is called", () => {
    const page = String(compiled.page(todos, more))
    expect(page).toBe(String(called.page(todos, more)))
    expect(page).toMatchInlineSnapshot(`
      "<main id="a" class="b &quot;c&quot;" hidden><section class="big"><h2><i>To &lt;do&gt; &amp; more</i></h2>text, 2on two lines \`$\` \\ &amp;copy=1 ab</section><ul><li id="todo-1" aria-busy="true" data-title="javascript:alert(1)"><input type="checkbox" checked phx-click="clicked &lt;"><a href="about:invalid#refused" style="">javascript:alert(1)</a><b>done</b></li><li id="todo-2" aria-busy="false" data-title="color: &quot;&lt;red&gt;&quot;"><input type="checkbox" phx-click="clicked &lt;"><a href="about:invalid#refused" style="">color: &quot;&lt;red&gt;&quot;</a></li></ul><a title="&quot;&lt;x&gt;&quot;" href="/" class="c">x<b>y</b></a><b title="café &amp; bar">10</b><p>&lt;tagged&gt;</p><hr><textarea name="t">

      &lt;text&gt;</textarea><svg viewBox="0 0 1 1"><title>a &lt;</title><use xlink:href="&quot;&lt;x&gt;&quot;"></use></svg><iframe title="in" srcdoc="&lt;p&gt;in&lt;/p&gt;"></iframe><section><h2>none 1</h2></section><my-element some="1">own</my-element><br></main>"
    `)
  })

  it("compiled is the template that one would write by hand", () => {
    const label = "a"
    const byHand = html`<p class="x" title="${label}">a <b>${label}</b><br></p>`
    const { template: expected, holes } = template(byHand)
    const made = template(
      compile(`<p class="x" title={label}>a <b>{label}</b><br/></p>`, { label }),
    )
    expect(made.template).toEqual(expected)
    expect(made.holes).toEqual(holes)
  })

  it("compiled has one template for all evaluations", () => {
    const [first, second] = [compiled.page(todos, more), compiled.page([], more)].map(template)
    expect(first?.template).toBe(second?.template)
  })

  it("called has one template an element", () => {
    const [first, second] = ["a", "b"].map((title) => template(runtime.jsx("p", { title }) as Html))
    expect(first?.template).toBe(second?.template)
  })

  it("stands in tagged templates and they in it", () => {
    expect(String(html`<p>${compile("<b>{inner}</b>", { inner: html`<i>${"<"}</i>` })}</p>`)).toBe(
      "<p><b><i>&lt;</i></b></p>",
    )
  })

  it("refuses what templates refuse, when first evaluated", () => {
    expect(() => compile("<script>{x}</script>", { x: "a" })).toThrow(TemplateError)
    expect(() => compile("<p onclick={x}></p>", { x: "a" })).toThrow(TemplateError)
    expect(() => runtime.jsx("script", { children: "a" })).toThrow(TemplateError)
    expect(() => String(runtime.jsx("p", { children: { a: 1 } }))).toThrow(HoleError)
  })

  it("is called in development as in production", () => {
    const node = jsxDEV(Fragment, { children: [jsxDEV("b", { children: "<" }), 1] })
    expect(String(node)).toBe("<b>&lt;</b>1")
  })

  it("takes no name of an element from data that is none", () => {
    for (const name of ["p onload=x", "p><script", "", "1", "a\n"]) {
      expect(() => runtime.jsx(name, {})).toThrow(TemplateError)
    }
    expect(() => runtime.jsx("br", { children: "a" })).toThrow("has no content")
  })
})

describe("compileJsx", () => {
  it("leaves alone what has no JSX, or somebody else's", () => {
    expect(compileJsx("a.ts", "const a = 1 < 2")).toBeNull()
    expect(compileJsx("a.tsx", "/** @jsxImportSource preact */ const a = <p></p>")).toBeNull()
  })

  it("keeps the types and the lines of what is not JSX", () => {
    const { code = "" } =
      compileJsx("a.tsx", "const a: string = b<string>(c)\nconst d = <p>{a as string}</p>") ?? {}
    expect(code.split("\n")[0]).toMatch(/const a: string = b<string>\(c\)$/)
    expect(code.split("\n")[1]).toBe("const d = _bennuHtml`<p>$" + "{a as string}</p>`")
  })

  it("tells of a module that cannot be read", () => {
    expect(() => compileJsx("a.tsx", "<p></b>")).toThrow(SyntaxError)
    expect(() => compileJsx("a.tsx", `1;\n<Card title="&eacute;"/>`)).toThrow(
      "a.tsx:2: &eacute; in a component's property: write the character itself",
    )
    expect(() => compileJsx("a.tsx", "1;\n\n<br>a</br>")).toThrow("a.tsx:3: <br> has no content")
  })

  it("maps what it kept to where it was", () => {
    const code = "const a = (\n  <p>\n    {first}\n  </p>\n)"
    const { source, code: made = "" } = compileJsx("a.tsx", code) ?? {}
    const line = made.slice(0, made.indexOf("first")).split("\n").length - 1
    const column = made.split("\n")[line]?.indexOf("first")
    const segment = source
      ?.generateDecodedMap({ hires: true })
      .mappings[line]?.find(([at]) => at === column)
    expect(segment).toEqual([column, 0, 2, 5])
  })
})

describe("the plugin for Vite", () => {
  it("compiles modules in TSX", async () => {
    const server = await createServer({
      configFile: false,
      logLevel: "silent",
      server: { middlewareMode: true, ws: false },
      optimizeDeps: { noDiscovery: true },
      plugins: [bennuJsx()],
      resolve: { conditions: ["@bennu/source"] },
    })
    try {
      const { code = "" } = (await server.transformRequest(file)) ?? {}
      expect(code).toContain("_bennuHtml`<section")
      expect(code).not.toContain("jsxDEV")
    } finally {
      await server.close()
    }
  })
})

describe("jsx-register", () => {
  it("lets Node.js run TSX as it is, with the lines of the source in stacks", () => {
    const folder = new URL("../..", import.meta.url).pathname
    const program = `import { page } from "./src/jsx/page.test-d.tsx"
const bad = [{ id: 1, get title() { throw new Error("here") }, done: true }]
console.log(String(page([], {})).slice(0, 30))
try { page(bad, {}) } catch (error) { console.log(/page\\.test-d\\.tsx:\\d+/.exec(error.stack)[0]) }`
    const flags = ["--conditions=@bennu/source", "--enable-source-maps", "--no-warnings"]
    const register = [
      "--import",
      "@bennu/html/jsx-register",
      "--input-type=module",
      "--eval",
      program,
    ]
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, ...register], {
      cwd: folder,
      encoding: "utf8",
    })
    const line =
      readFileSync(file, "utf8")
        .split("\n")
        .findIndex((text) => text.includes("{({ id, title")) + 1
    expect(stderr).toBe("")
    expect(stdout.trim().split("\n")).toEqual([
      '<main id="a" class="b &quot;c&',
      `page.test-d.tsx:${line}`,
    ])
  })
})

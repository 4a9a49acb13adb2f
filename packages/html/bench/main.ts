// Markup to bytes a second, beside the peers and beside escaping by hand. Every side writes the same bytes, from the
// same data, of which every tenth text needs escaping; a side that writes others is not compared.
import { each, type Hole, type Html, html } from "@bennu/html"
import { compileJsx } from "@bennu/html/jsx-plugin"
import { jsx } from "@bennu/html/jsx-runtime"
import Kita from "@kitajs/html"
import { Eta } from "eta"
import { html as hono, raw } from "hono/html"
import { compare } from "../../../scripts/bench-harness.mjs"

interface Person {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly active: boolean
}
const people: readonly Person[] = Array.from({ length: 100 }, (_, i) => ({
  id: i + 1,
  name: i % 10 === 0 ? `Ada <"${i}"> & Co` : `Ada Lovelace ${i}`,
  email: `ada.${i}@example.test`,
  active: i % 2 === 0,
}))

/** As text is mostly escaped by hand: test, and replace when something has to change. */
const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}
const escaped = (text: string): string =>
  /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (character) => references[character] ?? "") : text

const eta = new Eta({ autoEscape: true })
const compiled = (template: string) => {
  const run = eta.compile(template)
  return (data: object): string => run.call(eta, data)
}
const { createElement: h } = Kita

const row = ({ id, name, email, active }: Person) =>
  html`<tr id="row-${id}" class="${active ? "on" : "off"}"><td>${id}</td><td>${name}</td><td>${email}</td></tr>`
const etaTable = compiled(
  `<table><tbody><% for (const { id, name, email, active } of it.people) { %><tr id="row-<%= id %>" class="<%= active ? "on" : "off" %>"><td><%= id %></td><td><%= name %></td><td><%= email %></td></tr><% } %></tbody></table>`,
)
await same("html/table", {
  ours: () => String(html`<table><tbody>${each(people, ({ id }) => id, row)}</tbody></table>`),
  "hono/html": () =>
    String(
      hono`<table><tbody>${people.map(
        ({ id, name, email, active }) =>
          hono`<tr id="row-${id}" class="${active ? "on" : "off"}"><td>${id}</td><td>${name}</td><td>${email}</td></tr>`,
      )}</tbody></table>`,
    ),
  "@kitajs/html": () =>
    String(
      h(
        "table",
        null,
        h(
          "tbody",
          null,
          people.map(({ id, name, email, active }) =>
            h(
              "tr",
              { id: `row-${id}`, class: active ? "on" : "off" },
              h("td", null, id),
              h("td", { safe: true }, name),
              h("td", { safe: true }, email),
            ),
          ),
        ),
      ),
    ),
  eta: () => etaTable({ people }),
  "by hand": () => {
    let rows = ""
    for (const { id, name, email, active } of people) {
      rows += `<tr id="row-${id}" class="${active ? "on" : "off"}"><td>${id}</td><td>${escaped(name)}</td><td>${escaped(email)}</td></tr>`
    }
    return `<table><tbody>${rows}</tbody></table>`
  },
})

// What a live view keeps of a page that it may have to compare: bytes on the heap for each of 200 pages held.
const held = (page: () => unknown) => ({
  measure() {
    const pages: unknown[] = []
    gc?.()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 200; i++) pages.push(page())
    gc?.()
    return (process.memoryUsage().heapUsed - before) / pages.length
  },
})
await compare({
  bench: "html/held",
  unit: "B",
  ours: held(() => people.map(row)),
  peers: {
    "by hand, printed": held(() => {
      let rows = ""
      for (const { id, name, email, active } of people) {
        rows += `<tr id="row-${id}" class="${active ? "on" : "off"}"><td>${id}</td><td>${escaped(name)}</td><td>${escaped(email)}</td></tr>`
      }
      // written out, as a string that is sent is
      Buffer.from(rows)
      return rows
    }),
  },
})

// The same table as TSX: compiled to one template a row, and called as it is without the plugin.
const source = `({ id, name, email, active }) => <tr id={id} class={active ? "on" : "off"}><td>{id}</td><td>{name}</td><td>{email}</td></tr>`
const compiledRow = evaluate<(person: Person) => Html>(compileJsx("row.tsx", `(${source})`)?.code)
const taggedRow = ({ id, name, email, active }: Person) =>
  html`<tr id="${id}" class="${active ? "on" : "off"}"><td>${id}</td><td>${name}</td><td>${email}</td></tr>`
const td = (children: Hole) => jsx("td", { children })
const calledRow = ({ id, name, email, active }: Person) =>
  jsx("tr", {
    id,
    class: active ? "on" : "off",
    children: [td(id), td(name), td(email)],
  })
await same("html/table in TSX, compiled", {
  ours: () =>
    String(html`<table><tbody>${each(people, ({ id }) => id, compiledRow)}</tbody></table>`),
  "tagged template": () =>
    String(html`<table><tbody>${each(people, ({ id }) => id, taggedRow)}</tbody></table>`),
  "not compiled": () =>
    String(html`<table><tbody>${each(people, ({ id }) => id, calledRow)}</tbody></table>`),
})

const link = (to: string, label: string, current: boolean) =>
  html`<a href="${to}" class="${current ? "here" : "away"}" title="Go to ${label}">${label}</a>`
const honoLink = (to: string, label: string, current: boolean) =>
  hono`<a href="${to}" class="${current ? "here" : "away"}" title="Go to ${label}">${label}</a>`
const byHandLink = (to: string, label: string, current: boolean) =>
  `<a href="${escaped(to)}" class="${current ? "here" : "away"}" title="Go to ${escaped(label)}">${escaped(label)}</a>`
const places = ["Home", "Articles", "About", "Tags & topics", "Sign in"]
const body = "Lorem ipsum dolor sit amet, consetetur sadipscing elitr. ".repeat(20)
await same("html/page", {
  ours: () =>
    String(
      html`<!doctype html><html lang="en"><head><title>${"A page"}</title></head><body><nav>${places.map((label, i) => link(`/${i}`, label, i === 1))}</nav><main><h1>${"A page"}</h1><p>${body}</p></main></body></html>`,
    ),
  "hono/html": () =>
    String(
      hono`${raw("<!doctype html>")}<html lang="en"><head><title>${"A page"}</title></head><body><nav>${places.map((label, i) => honoLink(`/${i}`, label, i === 1))}</nav><main><h1>${"A page"}</h1><p>${body}</p></main></body></html>`,
    ),
  "by hand": () =>
    `<!doctype html><html lang="en"><head><title>${escaped("A page")}</title></head><body><nav>${places.map((label, i) => byHandLink(`/${i}`, label, i === 1)).join("")}</nav><main><h1>${escaped("A page")}</h1><p>${escaped(body)}</p></main></body></html>`,
})

type Side = () => string

/** Pages to bytes a second of processor time, garbage collection included: what else the machine does counts less. */
function perSecond(side: Side) {
  return {
    measure() {
      const started = process.cpuUsage()
      for (let pages = 200; ; pages += 200) {
        for (let i = 0; i < 200; i++) Buffer.from(side())
        const { user, system } = process.cpuUsage(started)
        if (user + system > 120_000) return (pages / (user + system)) * 1e6
      }
    },
  }
}

async function same(bench: string, { ours, ...peers }: Record<string, Side> & { ours: Side }) {
  // peers write the references of quotes in several ways
  const plain = (text: string) => text.replaceAll("&#34;", "&quot;").replace(/&gt;/g, ">")
  const expected = plain(ours())
  const sides: Record<string, ReturnType<typeof perSecond>> = {}
  for (const [name, side] of Object.entries(peers)) {
    if (plain(side()) === expected) sides[name] = perSecond(side)
    else console.error(`${bench}: ${name} writes other markup and is left out`)
  }
  const mine = perSecond(ours)
  // until all are as fast as they get
  for (let i = 0; i < 4; i++) for (const side of [mine, ...Object.values(sides)]) side.measure()
  await compare({ bench, unit: "ops/CPU s", ours: mine, peers: sides, rounds: 41 })
}

/** The value of an expression that was compiled, without the imports that it starts with. */
function evaluate<T>(code = ""): T {
  return new Function("_bennuHtml", `return ${code.slice(code.indexOf("("))}`)(html)
}

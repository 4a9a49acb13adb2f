import { readFileSync } from "node:fs"
import { attrs, each, type Html, html } from "@bennu/html"
import { describe, expect, it } from "vitest"
import { Rendered } from "../testing/rendered/rendered.ts"
import { renderDiff, renderFull } from "./diff.ts"

// What a real Phoenix server (LiveView 1.2.10) sent for the same views and the same changes.

interface Recording {
  readonly frames: readonly { readonly dir?: string; readonly text?: string }[]
}
type Json = Readonly<Record<string, unknown>>

const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The trees and diffs that the server sent, in order. */
function recorded(name: string): readonly Json[] {
  const file = new URL(`../../fixtures/transcripts/${name}.json`, import.meta.url)
  // proof: the file is a fixture of this form
  const { frames } = JSON.parse(readFileSync(file, "utf8")) as Recording
  return frames.flatMap(({ dir, text }) => {
    if (dir !== "in" || text === undefined) return []
    const payload: unknown = JSON.parse(text)[4]
    const response = isJson(payload) && isJson(payload["response"]) ? payload["response"] : {}
    const tree = response["rendered"] ?? response["diff"]
    return isJson(tree) ? [tree] : []
  })
}

/** A message with its shared statics in their places, so that it does not matter which are shared. */
function expanded(value: unknown, templates: Json = {}): unknown {
  if (!isJson(value)) return value
  const { p, ...rest } = value
  const scope = isJson(p) ? p : templates
  return Object.fromEntries(
    Object.entries(rest).map(([key, part]) =>
      key === "s" && typeof part === "number" ? [key, scope[part]] : [key, expanded(part, scope)],
    ),
  )
}

/** What we send for the states of a view, each beside what Phoenix sent. */
function sideBySide(name: string, states: readonly Html[]) {
  const theirs = recorded(name)
  const [first] = states
  if (first === undefined) throw new RangeError("a view has a state")
  let { tree: frame, memory }: { tree: object; memory: ReturnType<typeof renderFull>["memory"] } =
    renderFull(first)
  const frames: object[] = [frame]
  for (const state of states.slice(1)) {
    const { diff, memory: next } = renderDiff(memory, state)
    memory = next
    frame = diff ?? {}
    frames.push(frame)
  }
  expect(theirs.length).toBe(states.length)
  return frames.map((ours, i) => ({ ours, theirs: theirs[i] ?? {} }))
}

const size = (frame: object): number => JSON.stringify(frame).length

describe("what is sent for a recorded view", () => {
  it("is the same as from Phoenix for a counter", () => {
    const counter = (count: number) => html`<h1>Counter</h1>
<button id="dec" phx-click="dec">-</button>
<span id="count">${count}</span>
<button id="inc" phx-click="inc">+</button>`
    for (const { ours, theirs } of sideBySide("counter", [0, 1, 2, 1].map(counter))) {
      expect(expanded(ours)).toEqual(expanded(theirs))
      expect(size(ours)).toBeLessThanOrEqual(size(theirs))
    }
  })

  it("is the same as from Phoenix for a table of a thousand rows: a changed cell, two swapped rows", () => {
    interface Row {
      readonly id: number
      readonly value: number
    }
    const table = (rows: readonly Row[]) => html`<h1>Table</h1>
<button id="update" phx-click="update">update</button>
<button id="swap" phx-click="swap">swap</button>
<table>
  <tbody id="rows">
    ${each(
      rows,
      ({ id }) => id,
      ({ id, value }) => html`<tr id="row-${id}">
      <td>${id}</td>
      <td>Row ${id}</td>
      <td>${value}</td>
    </tr>`,
    )}
  </tbody>
</table>`
    const rows = Array.from({ length: 1000 }, (_, i) => ({ id: i + 1, value: (i + 1) * 7 }))
    const update = (all: readonly Row[]) =>
      all.map((row, i) => (i === 499 ? { ...row, value: row.value + 1 } : row))
    const swap = (all: readonly Row[]) =>
      all.map((row, i) => (i === 1 ? all[998] : i === 998 ? all[1] : row) ?? row)
    const states = [rows]
    for (const step of [update, update, swap, swap, update]) states.push(step(states.at(-1) ?? []))
    const [join, ...diffs] = sideBySide("table", states.map(table))
    for (const { ours, theirs } of diffs) {
      expect(ours).toEqual(theirs)
      expect(size(ours)).toBeLessThanOrEqual(size(theirs))
    }
    // "Row " is static here and part of a dynamic there, in the join as in the page
    expect(size(join?.ours ?? {})).toBeLessThanOrEqual(size(join?.theirs ?? {}))
  })

  it("leaves out what Phoenix repeats in a form, and nothing else", () => {
    interface Field {
      readonly value: string
      readonly errors: readonly string[]
    }
    const field = (name: string, label: string, { value, errors }: Field) => html`<div>
  <label for="user_${name}">${label}</label>
  <input type="text" id="user_${name}" name="user[${name}]" value="${value}">
  ${errors.map((error) => html`<p class="error">${error}</p>`)}
</div>`
    const page = (name: Field, email: Field, saved: string | null) => html`<h1>Form</h1>
<form ${attrs({ "phx-submit": "save", "phx-change": "validate", id: "user-form" })}>
  ${field("name", "Name", name)}
  ${field("email", "Email", email)}
  <button>Save</button>
</form>
${saved === null ? "" : html`<p id="saved">Saved ${saved}</p>`}`
    const blank = { value: "", errors: [] }
    const short = { value: "al", errors: ["should be at least 3 character(s)"] }
    const alice = { value: "alice", errors: [] }
    const nope = { value: "nope", errors: ["must have the @ sign"] }
    const shown = new Rendered("phx-ours")
    for (const { ours, theirs } of sideBySide("form", [
      page(blank, blank, null),
      page(short, blank, null),
      page(alice, blank, null),
      page(alice, nope, null),
      page(short, nope, null),
      page(blank, blank, "alice"),
    ])) {
      shown.receive(ours)
      expect(size(ours)).toBeLessThanOrEqual(size(theirs))
      // the same texts are new in both
      const texts = (frame: object) =>
        JSON.stringify(expanded(frame)).match(/should be[^"]*|must have[^"]*|<p [^"]*/g)
      expect(texts(ours)).toEqual(texts(theirs))
    }
    expect(shown.html()).toContain(`<p id="saved">Saved alice</p>`)
    expect(shown.html()).not.toContain("error")
  })
})

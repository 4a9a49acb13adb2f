import { allOf, attributeOf, type DomElement, firstOf, textOf } from "./dom.ts"
import { TestViewError } from "./errors.ts"

/** What a form is filled in with: by the names of its fields, `"user[name]"` or nested as `{ user: { name } }`. */
export type FormInput = Readonly<Record<string, unknown>>
/** Names and values, as they are sent. */
export type Pairs = readonly (readonly [name: string, value: string])[]

/** One field of a form, and what it would send. */
interface FormField {
  readonly name: string
  readonly values: readonly string[]
  readonly hidden: boolean
}

const unticked = (field: DomElement, type: string) =>
  (type === "checkbox" || type === "radio") && attributeOf(field, "checked") === null

function chosen(select: DomElement): readonly string[] {
  const optionValue = (option: DomElement) => attributeOf(option, "value") ?? textOf(option)
  const selected = allOf(select, "option[selected]").map(optionValue)
  if (selected.length > 0 || attributeOf(select, "multiple") !== null) return selected
  const first = firstOf(select, "option:not([disabled])")
  return first ? [optionValue(first)] : []
}

function fieldOf(element: DomElement): FormField {
  const name = attributeOf(element, "name") ?? ""
  const type = attributeOf(element, "type") ?? "text"
  const values =
    element.name === "select"
      ? chosen(element)
      : unticked(element, type)
        ? []
        : [
            element.name === "textarea"
              ? textOf(element)
              : (attributeOf(element, "value") ?? (type === "checkbox" ? "on" : "")),
          ]
  return { name, values, hidden: type === "hidden" }
}

const notSent = new Set(["submit", "button", "reset", "image", "file"])

/** The fields of a form, in the order in which a browser sends them. */
export function fieldsOf(form: DomElement): readonly FormField[] {
  const inside = allOf(form, "input[name], textarea[name], select[name]")
  // a field may have a phx-change of its own
  return (attributeOf(form, "name") !== null && form.name !== "form" ? [form] : inside)
    .filter((field) => attributeOf(field, "disabled") === null)
    .filter((field) => !notSent.has(attributeOf(field, "type") ?? ""))
    .map(fieldOf)
}

/** `{ user: { name: "x", tags: ["a"] } }` as `user[name]=x`, `user[tags][]=a`. */
export function pairsOf(input: unknown, name = ""): Pairs {
  if (Array.isArray(input)) {
    const list = name.endsWith("[]") ? name : `${name}[]`
    return input.flatMap((value) => pairsOf(value, list))
  }
  if (typeof input === "object" && input !== null) {
    return Object.entries(input).flatMap(([key, value]) =>
      pairsOf(value, name === "" ? key : `${name}[${key}]`),
    )
  }
  return input === undefined || input === null ? [] : [[name, String(input)]]
}

/**
 * What a form sends once it is filled in: what stood in it, with what was given in its place.
 * @throws {TestViewError} for a field that the form does not have.
 */
export function filled(form: DomElement, given: Pairs): Pairs {
  const fields = fieldsOf(form)
  const names = new Set(fields.map(({ name }) => name))
  for (const [name] of given) {
    if (names.has(name)) continue
    throw new TestViewError(`the form has no field "${name}"`, {
      hint: `It has ${[...names].map((known) => `"${known}"`).join(", ") || "none"}.`,
    })
  }
  const filledIn = new Set(given.map(([name]) => name))
  const kept = fields.filter(({ name }) => !filledIn.has(name))
  return [
    ...kept.flatMap(({ name, values }) => values.map((value) => [name, value] as const)),
    ...given,
  ]
}

/** Before each field that nobody has used yet, what tells so: `user[_unused_name]=`. */
export function withUnused(form: DomElement, pairs: Pairs, used: ReadonlySet<string>): Pairs {
  const hidden = new Set(
    fieldsOf(form)
      .filter((field) => field.hidden)
      .map(({ name }) => name),
  )
  const told = new Set<string>()
  return pairs.flatMap((pair) => {
    const [name] = pair
    if (used.has(name) || hidden.has(name) || told.has(name)) return [pair]
    told.add(name)
    return [[unusedName(name), ""] as const, pair]
  })
}

function unusedName(name: string): string {
  const list = name.endsWith("[]") ? "[]" : ""
  const bare = name.slice(0, name.length - list.length)
  const start = bare.lastIndexOf("[") + 1
  return `${bare.slice(0, start)}_unused_${bare.slice(start)}${list}`
}

import { listOf } from "./each.ts"
import { html } from "./html.ts"
import type { Html } from "./markup.ts"

type Value = string | number

/** What can be chosen: a value that is its own label, a label with its value, or that with what else it needs. */
export type Option =
  | Value
  | readonly [label: string, value: Value]
  | { readonly label: string; readonly value: Value; readonly disabled?: boolean | undefined }

/** Options under one heading. */
export interface OptionGroup {
  readonly label: string
  readonly options: readonly Option[]
}

/**
 * The options of a `<select>`, in groups if you like: `options([{ label: "Europe", options: ["Bern", "Rome"] }])`.
 * @param selected The chosen value, or several for `<select multiple>`; `2` and `"2"` are the same choice.
 */
export function options(
  all: readonly (Option | OptionGroup)[],
  selected?: Value | readonly Value[] | null,
): Html {
  const chosen = new Set<string>()
  if (Array.isArray(selected)) for (const value of selected) chosen.add(String(value))
  else if (selected !== null && selected !== undefined) chosen.add(String(selected))
  return listOf(all.map((each) => (isGroup(each) ? groupOf(each, chosen) : optionOf(each, chosen))))
}

const isGroup = (option: Option | OptionGroup): option is OptionGroup =>
  typeof option === "object" && "options" in option

const groupOf = ({ label, options }: OptionGroup, chosen: ReadonlySet<string>): Html =>
  html`<optgroup label="${label}">${options.map((option) => optionOf(option, chosen))}</optgroup>`

function optionOf(option: Option, chosen: ReadonlySet<string>): Html {
  const { label, value, disabled } = optionParts(option)
  return html`<option value="${value}" selected="${chosen.has(String(value))}" disabled="${disabled}">${label}</option>`
}

function optionParts(option: Option) {
  if (typeof option !== "object") return { label: option, value: option, disabled: false }
  if ("label" in option) return option
  const [label, value] = option
  return { label, value, disabled: false }
}

import { listOf } from "./each.ts"
import { html } from "./html.ts"
import type { Html } from "./markup.ts"

export type Option = string | number | readonly [label: string, value: string | number]

/**
 * The options of a `<select>`.
 * @param selected The chosen value, or several for `<select multiple>`; `2` and `"2"` are the same choice.
 */
export function options(
  all: readonly Option[],
  selected?: string | number | readonly (string | number)[] | null,
): Html {
  const chosen = new Set<string>()
  if (Array.isArray(selected)) for (const value of selected) chosen.add(String(value))
  else if (selected !== null && selected !== undefined) chosen.add(String(selected))
  return listOf(
    all.map((option) => {
      const [label, value] = Array.isArray(option) ? option : [option, option]
      return html`<option value="${value}" selected="${chosen.has(String(value))}">${label}</option>`
    }),
  )
}

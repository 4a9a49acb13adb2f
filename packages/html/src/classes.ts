/** Names of classes, those that may not apply as `false`, as keys with conditions, or in lists. */
export type ClassName =
  | string
  | false
  | null
  | undefined
  | Readonly<Record<string, unknown>>
  | readonly ClassName[]

/** The names that apply, joined: `class="${classes("tab", active && "tab-active", { large })}"`. */
export function classes(...names: readonly ClassName[]): string {
  let all = ""
  for (const name of names) {
    const one = typeof name === "object" && name !== null ? several(name) : name
    if (one) all += all === "" ? one : ` ${one}`
  }
  return all
}

function several(names: Readonly<Record<string, unknown>> | readonly ClassName[]): string {
  // proof: an array that is no record is a list of names
  if (Array.isArray(names)) return classes(...(names as readonly ClassName[]))
  return classes(...Object.entries(names).map(([name, applies]) => (applies ? name : null)))
}

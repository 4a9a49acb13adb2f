/** The names that apply, joined: `class="${classes("tab", active && "tab-active")}"`. */
export function classes(...names: readonly (string | false | null | undefined)[]): string {
  let all = ""
  for (const name of names) if (name) all += all === "" ? name : ` ${name}`
  return all
}

/** What the check of contexts may find. */
export type Rule =
  | "config"
  | "cycle"
  | "foreign-table"
  | "outside-import"
  | "private-import"
  | "re-export"
  | "shared-import"
  | "table-twice"
  | "table-without-context"
  | "undeclared-use"
  | "unknown-import"
  | "unparsable"
  | "unused-use"

/** A place where something is not as it should be: where code or configuration breaks a boundary. */
export interface Problem<R extends string = Rule> {
  readonly rule: R
  /** The whole path. */
  readonly file: string
  /** Line and column, from 1. */
  readonly line: number
  readonly column: number
  readonly message: string
  /** What to do. */
  readonly hint: string
}

/** By file, line and column, so that every run says the same; what is found twice is said once. */
export const inOrder = (problems: readonly Problem[]): Problem[] => {
  const all = new Map(problems.map((each) => [`${keyOf(each)} ${each.message}`, each]))
  return [...all.values()].sort(
    (a, b) =>
      compare(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compare(a.message, b.message),
  )
}

const keyOf = ({ rule, file, line, column }: Problem) => `${rule} ${file}:${line}:${column}`
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

import { type Issue, pathOf } from "@bennu/core"

/** What is wrong with a field: `message` for people, `code` and `params` for programs and translations. */
export interface ChangesetIssue extends Issue {
  readonly message: string
  /** `["title"]`, `["steps", 0, "title"]`, `[]` for the whole. */
  readonly path: readonly PropertyKey[]
  /** Stable, and a translation's key: `"required"`, `"length.min"`, `"unique"`; of a rule, what its library calls it. */
  readonly code: string
  /** What the message was made with: `{ count: 3 }`. */
  readonly params: Readonly<Record<string, unknown>>
}

/** What a check found. */
export interface Problem {
  readonly message: string
  readonly code?: string | undefined
  readonly params?: Readonly<Record<string, unknown>> | undefined
}

/** A problem where it belongs. */
export const issueAt = (
  path: readonly PropertyKey[],
  { message, code = "invalid", params = {} }: Problem,
): ChangesetIssue => ({ message, path, code, params })

/** An issue of a Standard Schema, with what the library tells beyond the standard (zod: `code`, `minimum`, …). */
export function issueOfRule(issue: Issue, below: readonly PropertyKey[] = []): ChangesetIssue {
  const params = Object.fromEntries(
    Object.entries(issue).filter(([key, value]) => !noParams.has(key) && typeof value !== "object"),
  )
  const code: unknown = Reflect.get(issue, "code")
  const problem = { message: issue.message, code: typeof code === "string" ? code : "rule", params }
  return issueAt([...below, ...pathOf(issue)], problem)
}

const noParams: ReadonlySet<string> = new Set(["message", "path", "code", "input"])

/** The issue as one of what stands around its place. */
export const issueBelow = (
  below: readonly PropertyKey[],
  issue: ChangesetIssue,
): ChangesetIssue => ({
  ...issue,
  path: [...below, ...issue.path],
})

/**
 * What is wrong by its place (`"title"`, `"steps.0.title"`, `"base"` for the whole), each issue as the function says:
 * use it to translate, or to answer in another shape.
 * @example traverseErrors(changeset, ({ code, params }) => translate(`errors.${code}`, params))
 */
export function traverseErrors<T>(
  { errors }: { readonly errors: readonly ChangesetIssue[] },
  say: (issue: ChangesetIssue) => T,
): Record<string, T[]> {
  const places = Map.groupBy(errors, ({ path }) => path.map(String).join(".") || "base")
  return Object.fromEntries([...places].map(([place, issues]) => [place, issues.map(say)]))
}

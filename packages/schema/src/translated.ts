import type { AnyChangeset } from "./changeset.ts"
import type { ChangesetIssue } from "./changeset-issue.ts"
import { ChangesetValue } from "./changeset-value.ts"

/** The changeset with the messages of another language, those of nested rows too. */
export function translated(
  changeset: AnyChangeset,
  translate: (issue: ChangesetIssue) => string,
): AnyChangeset {
  const state = ChangesetValue.stateOf(changeset)
  const errors = state.errors.map((issue) => ({ ...issue, message: translate(issue) }))
  const nested = [...state.nested].map(([name, change]) => {
    const rows = change.rows.map((row) => ({
      ...row,
      changeset: translated(row.changeset, translate),
    }))
    return [name, { ...change, rows }] as const
  })
  return new ChangesetValue({ ...state, errors, nested: new Map(nested) })
}

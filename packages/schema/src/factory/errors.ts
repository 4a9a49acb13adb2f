import { BennuError, type Issue, pathOf } from "@bennu/core"

/** A factory could not make a row: its defaults leave something out, or the database refused it. */
export class FactoryError extends BennuError {
  readonly code = "ERR_SCHEMA_FACTORY"
  readonly table: string
  readonly issues: readonly Issue[]

  constructor(table: string, issues: readonly Issue[]) {
    const lines = issues.map((issue) => `${pathOf(issue).map(String).join(".")} ${issue.message}`)
    super(`the factory of "${table}" made a row that is not valid: ${lines.join("; ")}`, {
      hint: "Let its defaults give every column that must be there, and make unique ones of the sequence.",
    })
    this.table = table
    this.issues = issues
  }
}

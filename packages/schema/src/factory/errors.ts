import { BennuError, type Issue, pathOf } from "@bennu/core"

/** A factory could not make a row: its defaults leave something out, or the database refused it. */
export class FactoryError extends BennuError {
  readonly code = "ERR_SCHEMA_FACTORY"
  readonly table: string
  readonly issues: readonly Issue[]
  /** What its random numbers followed from. */
  readonly seed: number

  constructor(table: string, issues: readonly Issue[], seed: number) {
    const lines = issues.map((issue) => `${pathOf(issue).map(String).join(".")} ${issue.message}`)
    const what = `the factory of "${table}" made a row that is not valid: ${lines.join("; ")} (seed ${seed})`
    super(what, {
      hint: "Let its defaults give every column that must be there, and make unique ones of the sequence.",
    })
    this.table = table
    this.issues = issues
    this.seed = seed
  }
}

/** Rows were asked for with a trait that the factory does not have. */
export class UnknownTraitError extends BennuError {
  readonly code = "ERR_SCHEMA_UNKNOWN_TRAIT"
  readonly table: string
  readonly trait: string

  constructor(table: string, trait: string, known: readonly string[]) {
    super(`the factory of "${table}" has no trait ${JSON.stringify(trait)}`, {
      hint: known.length === 0 ? "It has none." : `It has ${known.join(", ")}.`,
    })
    this.table = table
    this.trait = trait
  }
}

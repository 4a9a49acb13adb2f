import type { Issue, StandardSchemaV1 } from "@bennu/core"
import type { Action, Params } from "./changeset.ts"
import type { ChangesetIssue } from "./changeset-issue.ts"
import type { FormParams } from "./form-params.ts"
import type { Limits } from "./limits/limits.ts"

/** One input of a form: what stands in it, what it is called, and what to say beside it. */
export interface Field {
  readonly id: string
  readonly name: string
  /** What stands in the input, as text. */
  readonly value: string
  /** What is chosen in a `<select multiple>` or a list of check boxes. */
  readonly values: readonly string[]
  /** What to say: of a field a person has used, and of every field once the form was submitted. */
  readonly errors: readonly string[]
  readonly used: boolean
  /** For the element that shows its errors, so that an input can point to it. */
  readonly errorsId: string
  /** What its rules and its column tell a browser. */
  readonly limits: Limits
}

/** How `inputsFor` asks a form for the forms of its nested rows. */
export const rows: unique symbol = Symbol("bennu.rows")

/** A form about to be rendered; make one with `toForm`. */
export interface Form<D extends object = object> {
  readonly id: string
  /** What its fields' names start with: `article` in `article[title]`; empty when they stand alone. */
  readonly name: string
  /** Its place among the rows of a nested form (0). */
  readonly index: number
  readonly valid: boolean
  readonly action: Action | undefined
  readonly data: Partial<D>
  readonly params: Params | null
  /** What is wrong with the form as a whole. */
  readonly errors: readonly string[]
  readonly fields: { readonly [K in keyof D]-?: Field }
  /** What a nested row has to send along, so that it is recognised: names and values of hidden inputs. */
  readonly hidden: readonly (readonly [name: string, value: string])[]
  /** For `inputsFor`. */
  readonly [rows]: (name: string) => readonly Form[]
}

export interface FormOptions {
  /** What the fields' names start with: `article` gives `article[title]`. Without it, names stand alone. */
  readonly as?: string | undefined
  /** The form's id, which the fields' ids start with: by default `as`, or one row of the table (`article_title`). */
  readonly id?: string | undefined
  /** What was tried, if the changeset does not tell: anything but `"validate"` shows the errors of all fields. */
  readonly action?: Action | undefined
  /** Says what is wrong in the reader's language; by default each issue's message. Only of a changeset's errors. */
  readonly translate?: ((issue: ChangesetIssue) => string) | undefined
}

export interface DataFormOptions extends FormOptions {
  /** What was sent since. */
  readonly params?: FormParams | Params | undefined
  readonly errors?: readonly Issue[] | undefined
  /** What its fields have to be, for their `limits`; nothing is checked by it. */
  readonly rules?: StandardSchemaV1 | undefined
}

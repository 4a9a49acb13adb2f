import type { Changeset, Check, Fields, Params, Validations } from "./changeset.ts"
import type { Problem } from "./changeset-issue.ts"
import type { FieldCheck } from "./limits/limits-of-checks.ts"
import type { Schema } from "./schema.ts"
import { own } from "./sent-rows.ts"
import {
  isMissing,
  type LengthBounds,
  lengthProblem,
  matches,
  type NumberBounds,
  numberProblem,
  type Worded,
} from "./validations.ts"

/** What the checks of a changeset have in common: they look at a value, and add an error at its field. */
export abstract class ChangesetValidations<S extends Schema> implements Validations<S> {
  /** This changeset. */
  protected abstract readonly self: Changeset<S>
  abstract readonly params: Params | null
  /** The changeset with a problem at each of some places, which need not be the schema's. */
  protected abstract refuse(places: string | readonly string[], problem: Problem): Changeset<S>
  /** The changeset, which remembers for its form what was asked of it. */
  protected abstract asked(...checks: readonly FieldCheck[]): ChangesetValidations<S>
  /** A field's name, if the schema has it. */
  protected abstract known(field: PropertyKey): string

  validate<K extends keyof Fields<S>>(
    field: K,
    check: Check<NonNullable<Fields<S>[K]>>,
  ): Changeset<S> {
    // a change of field K is of K's type, and neither null nor undefined as seen by #check
    return this.#check(field, (value) => {
      const found = check(value as NonNullable<Fields<S>[K]>)
      return typeof found === "string" ? { message: found } : found
    })
  }

  validateRequired(
    fields: PropertyKey | readonly PropertyKey[],
    { message = "can't be blank" }: Worded = {},
  ): Changeset<S> {
    const row = { ...this.self.data, ...this.self.changes }
    const names = [fields].flat().map((field) => this.known(field))
    const missing = names.filter((name) => isMissing(own(row, name)))
    const asked = this.asked(...names.map((field) => ({ field, required: true }) as const))
    return asked.refuse(missing, { message, code: "required" })
  }

  validateLength(field: PropertyKey, bounds: LengthBounds): Changeset<S> {
    const asked = this.asked({ field: this.known(field), length: bounds })
    return asked.#check(field, (value) => {
      const measured = typeof value === "string" || Array.isArray(value)
      return measured || value instanceof Uint8Array ? lengthProblem(value, bounds) : null
    })
  }

  validateNumber(field: PropertyKey, bounds: NumberBounds): Changeset<S> {
    const asked = this.asked({ field: this.known(field), number: bounds })
    return asked.#check(field, (value) =>
      typeof value === "number" || typeof value === "bigint" ? numberProblem(value, bounds) : null,
    )
  }

  validateFormat(
    field: PropertyKey,
    pattern: RegExp,
    { message = "has invalid format" }: Worded = {},
  ): Changeset<S> {
    const asked = this.asked({ field: this.known(field), format: pattern })
    return asked.#check(field, (value) =>
      typeof value !== "string" || matches(pattern, value) ? null : { message, code: "format" },
    )
  }

  validateInclusion(
    field: PropertyKey,
    allowed: Iterable<unknown>,
    { message = "is invalid" }: Worded = {},
  ): Changeset<S> {
    const set = new Set(allowed)
    return this.#check(field, (value) =>
      set.has(value) ? null : { message, code: "inclusion", params: { allowed: [...set] } },
    )
  }

  validateExclusion(
    field: PropertyKey,
    reserved: Iterable<unknown>,
    { message = "is reserved" }: Worded = {},
  ): Changeset<S> {
    const set = new Set(reserved)
    return this.#check(field, (value) => (set.has(value) ? { message, code: "exclusion" } : null))
  }

  validateSubset(
    field: PropertyKey,
    allowed: Iterable<unknown>,
    { message = "has an invalid entry" }: Worded = {},
  ): Changeset<S> {
    const set = new Set(allowed)
    return this.#check(field, (value) =>
      Array.isArray(value) && value.every((item) => set.has(item))
        ? null
        : { message, code: "subset", params: { allowed: [...set] } },
    )
  }

  validateConfirmation(
    field: PropertyKey,
    { required = false, message }: Worded & { readonly required?: boolean | undefined } = {},
  ): Changeset<S> {
    const name = this.known(field)
    const place = `${name}Confirmation`
    const params = this.params ?? {}
    const sent = own(params, name)
    const again = own(params, place)
    if (sent === undefined) return this.self
    if (again === undefined) {
      const missing = { message: message ?? "can't be blank", code: "required" }
      return required ? this.refuse(place, missing) : this.self
    }
    const words = message ?? "does not match confirmation"
    return again === sent ? this.self : this.refuse(place, { message: words, code: "confirmation" })
  }

  validateAcceptance(param: string, { message = "must be accepted" }: Worded = {}): Changeset<S> {
    if (this.params === null) return this.self
    const ticked = accepted.has(own(this.params, param))
    return ticked ? this.self : this.refuse(param, { message, code: "acceptance" })
  }

  #check(field: PropertyKey, check: (value: unknown) => Problem | null | undefined): Changeset<S> {
    const name = this.known(field)
    const value = own(this.self.changes, name)
    const problem = value === undefined || value === null ? null : check(value)
    return problem === null || problem === undefined ? this.self : this.refuse(name, problem)
  }
}

const accepted: ReadonlySet<unknown> = new Set([true, "true", "on", "1"])

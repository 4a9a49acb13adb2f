import type { Field } from "./form.ts"
import type { Limits } from "./limits/limits.ts"

const [words, dates] = [["required", "minlength", "maxlength", "pattern"], ["required"]] as const

/** What of a field's limits each kind of control has an attribute for (HTML §4.10.5, §4.10.7, §4.10.11). */
const limiting = {
  text: words,
  search: words,
  tel: words,
  url: words,
  email: words,
  password: words,
  number: ["required", "min", "max"],
  date: dates,
  "datetime-local": dates,
  time: dates,
  textarea: ["required", "minlength", "maxlength"],
  select: ["required"],
} as const satisfies Record<string, readonly (keyof Limits)[]>

export interface InputOptions {
  /** Which control it is; by default an input of the kind that the column and the rules imply. */
  readonly type?: keyof typeof limiting | undefined
  /** The id of what else describes it, such as a hint. */
  readonly describedBy?: string | false | null | undefined
}

export type InputAttrs = Readonly<Record<string, string | boolean | null>>

/**
 * The attributes of a field's control, so that a template repeats nothing: `id`, `name`, `type` and `value`, what its rules
 * tell a browser, and, once there are errors to show, `aria-invalid` and a pointer to the element with the id
 * `field.errorsId`. A text area and a select get neither type nor value, a password no value.
 * @example html`<input ${attrs(inputAttrs(fields.title))}><p id="${fields.title.errorsId}">${fields.title.errors}</p>`
 */
export function inputAttrs(
  { id, name, value, errors, errorsId, limits }: Field,
  { type = limits.type, describedBy }: InputOptions = {},
): InputAttrs {
  const invalid = errors.length > 0
  const described = [describedBy, invalid && errorsId].filter((id) => id).join(" ")
  const isInput = type !== "textarea" && type !== "select"
  return {
    id,
    name,
    ...(isInput && { type, value: type === "password" ? null : value }),
    ...Object.fromEntries(limiting[type].map((limit) => [limit, written(limits[limit])])),
    // a browser counts steps from what stood there first, which may be what the rules refused
    ...(type === "number" && { step: "any" }),
    "aria-invalid": invalid ? "true" : null,
    "aria-describedby": described === "" ? null : described,
  }
}

const written = (limit: Limits[keyof Limits]): string | boolean | null =>
  limit === null || typeof limit === "boolean" ? limit : String(limit)

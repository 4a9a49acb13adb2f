import { BennuError } from "@bennu/core"

/** Where a template stands in the source. */
export interface Location {
  readonly file: string
  readonly line: number
}

const at = (where: Location | null): string =>
  where === null ? "" : ` (${where.file}:${where.line})`

/** A template has a hole where nothing can be written safely, or ends in the middle of a tag. */
export class TemplateError extends BennuError {
  readonly code = "ERR_HTML_TEMPLATE"
  /** The file of the template, `""` when the stack does not tell. */
  readonly file: string
  /** The line on which the template starts, from 1; 0 when the stack does not tell. */
  readonly line: number
  /** Which hole, from 1; 0 when the template is wrong as a whole. */
  readonly hole: number

  constructor(problem: string, hole: number, where: Location | null, hint: string) {
    super(`${hole === 0 ? "" : `hole ${hole}: `}${problem}${at(where)}`, { hint })
    this.file = where?.file ?? ""
    this.line = where?.line ?? 0
    this.hole = hole
  }
}

/** A value has no meaning in the hole that it was given to, such as an object in text. */
export class HoleError extends BennuError {
  readonly code = "ERR_HTML_HOLE"

  constructor(value: unknown, place: string, hint?: string) {
    super(`${described(value)} cannot stand in ${place}`, { hint })
  }
}

/** Two rows of one `each` have the same key. */
export class DuplicateKeyError extends BennuError {
  readonly code = "ERR_HTML_DUPLICATE_KEY"
  readonly key: string | number

  constructor(key: string | number) {
    super(`two rows have the key ${JSON.stringify(key)}`, {
      hint: "A key says which row is which: take an id, not a title.",
    })
    this.key = key
  }
}

/** `attrs` was given a name that no attribute can have, or that of an event handler. */
export class AttributeNameError extends BennuError {
  readonly code = "ERR_HTML_ATTRIBUTE_NAME"
  readonly attribute: string

  constructor(attribute: string, hint: string) {
    super(`${JSON.stringify(attribute)} cannot be the name of an attribute here`, { hint })
    this.attribute = attribute
  }
}

function described(value: unknown): string {
  if (Array.isArray(value)) return "an array"
  if (typeof value === "object" && value !== null) {
    const name = Object.getPrototypeOf(value)?.constructor?.name
    return typeof name === "string" && name !== "Object" ? `an object (${name})` : "an object"
  }
  return value === null ? "null" : `a value of type ${typeof value}`
}

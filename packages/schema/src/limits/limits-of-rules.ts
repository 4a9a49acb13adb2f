import type { StandardSchemaV1 } from "@bennu/core"
import { isRecord } from "../sent-rows.ts"
import type { SomeLimits } from "./limits.ts"

type Json = Readonly<Record<string, unknown>>

/** What rules say of one field. */
export interface FieldRule {
  readonly limits: SomeLimits
  /** Something has to be sent: there is neither a default nor leave to go without. */
  readonly demanded: boolean
  readonly nullable: boolean
  /** What kind of value it is can be said at all; of a `Date` it cannot. */
  readonly typed: boolean
  /** It is text, and may not be empty. */
  readonly filled: boolean
}

const made = new WeakMap<StandardSchemaV1, ReadonlyMap<string, FieldRule>>()

/** What rules say of each field, as far as they can say it as JSON Schema. Found out once for rules that are kept. */
export function fieldRules(rules: StandardSchemaV1): ReadonlyMap<string, FieldRule> {
  let known = made.get(rules)
  if (known === undefined) {
    known = rulesByField(inputOf(rules))
    made.set(rules, known)
  }
  return known
}

/** Standard JSON Schema, version 1: what many schemas can say of themselves. See https://standardschema.dev/json-schema. */
interface Converting {
  readonly input?: (options: { readonly target: string; readonly libraryOptions: Json }) => unknown
}

function inputOf(rules: StandardSchemaV1): Json {
  const standard: object = rules["~standard"]
  if (!("jsonSchema" in standard)) return {}
  // what the standard says of a schema that has it
  const { input } = standard.jsonSchema as Converting
  try {
    // zod throws for what JSON has no word for, such as a date, unless told to leave it open
    const libraryOptions = { unrepresentable: "any" }
    const json = input?.({ target: "draft-2020-12", libraryOptions })
    return isRecord(json) ? json : {}
  } catch {
    return {}
  }
}

function rulesByField(json: Json): ReadonlyMap<string, FieldRule> {
  const { schema } = unwrapped(json)
  // a list of rows has the fields of a row
  const row = isRecord(schema["items"]) ? schema["items"] : schema
  const { properties, required } = row
  if (!isRecord(properties)) return new Map()
  const demanded = new Set<unknown>(Array.isArray(required) ? required : [])
  return new Map(
    Object.entries(properties).map(([key, each]) => [
      key,
      fieldRule(isRecord(each) ? each : {}, demanded.has(key)),
    ]),
  )
}

function fieldRule(json: Json, demanded: boolean): FieldRule {
  const { schema, type, nullable } = unwrapped(json)
  return {
    limits: type === "string" ? limitsOfText(schema) : limitsOfNumber(schema, type),
    demanded: demanded && !("default" in json),
    nullable,
    typed: type !== undefined,
    filled: type === "string" && isFilled(schema),
  }
}

/** What may also be null, without that: `anyOf: [{ type: "string" }, { type: "null" }]`, `type: ["string", "null"]`. */
function unwrapped(json: Json): { schema: Json; type: unknown; nullable: boolean } {
  const choices: readonly unknown[] = Array.isArray(json["anyOf"]) ? json["anyOf"] : [json]
  const others = choices.filter((each) => !isRecord(each) || each["type"] !== "null")
  const [only = {}, more] = others
  if (more !== undefined || !isRecord(only)) return { schema: {}, type: undefined, nullable: false }
  const types = [only["type"]].flat()
  const [type, second] = types.filter((name) => name !== "null")
  return {
    schema: only,
    type: second === undefined ? type : undefined,
    nullable: others.length < choices.length || types.includes("null"),
  }
}

const kinds: ReadonlyMap<unknown, SomeLimits["type"]> = new Map<unknown, SomeLimits["type"]>([
  ["email", "email"],
  ["uri", "url"],
  ["date", "date"],
])

const isFilled = ({ minLength, format, enum: words }: Json): boolean =>
  (typeof minLength === "number" && minLength > 0) ||
  format === "uuid" ||
  kinds.has(format) ||
  (Array.isArray(words) && !words.includes(""))

// A pattern is not read from here: JSON Schema has no place for flags, so that `/^[a-z]+$/i` would refuse "Ada".
const limitsOfText = ({ minLength, maxLength, format }: Json): SomeLimits => ({
  type: kinds.get(format),
  minlength: countIn(minLength),
  maxlength: countIn(maxLength),
})

function limitsOfNumber(json: Json, type: unknown): SomeLimits {
  if (type !== "number" && type !== "integer") return {}
  // of fractions there is no next one; then the bound itself is left to the rules
  const next = type === "integer" ? 1 : 0
  const above = countIn(json["exclusiveMinimum"])
  const below = countIn(json["exclusiveMaximum"])
  return {
    type: "number",
    min: countIn(json["minimum"]) ?? (above === undefined ? above : above + next),
    max: countIn(json["maximum"]) ?? (below === undefined ? below : below - next),
  }
}

/** A bound that somebody set: zod writes those of safe integers into each schema of an integer. */
const countIn = (value: unknown): number | undefined =>
  typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined

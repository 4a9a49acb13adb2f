import * as fc from "fast-check"
import type { $ZodTypes } from "zod/v4/core"
import { accepted } from "./accepted.ts"
import { ArbitraryError } from "./errors.ts"
import { type Notes, notesOf } from "./notes.ts"
import { matching, textValues } from "./text-values.ts"
import { dates } from "./texts.ts"

type AnyZod = $ZodTypes
type Made = fc.Arbitrary<unknown>
/** What makes the values of some schemas instead. */
export type Replacements = ReadonlyMap<unknown, Made>

/** How deep schemas that hold themselves may go. */
const DEPTH = 4

/** Values that a zod schema takes: what it parses, and not what it makes of it. */
export function zodValues(schema: AnyZod, replacements: Replacements, depth = 0): Made {
  const replaced = replacements.get(schema)
  if (replaced !== undefined) return replaced
  const inner = (other: unknown, deeper = depth) =>
    // what zod holds in a schema is one of its schemas
    zodValues(other as AnyZod, replacements, deeper)
  const made = valuesOf(schema, inner, depth)
  return needsAsking(schema) ? accepted(made, schema) : made
}

/** Only what has rules, or is text or a mixture, may refuse what was made for it. */
const needsAsking = ({ _zod: { def } }: AnyZod): boolean =>
  (def.checks?.length ?? 0) > 0 ||
  ["string", "intersection", "pipe", "custom", "template_literal"].includes(def.type)

function valuesOf(
  schema: AnyZod,
  inner: (schema: unknown, depth?: number) => Made,
  depth: number,
): Made {
  const { def } = schema._zod
  const notes = notesOf(def)
  const ends = depth >= DEPTH
  switch (def.type) {
    case "string":
      return textValues(notes)
    case "number":
      return numbers(notes)
    case "bigint":
      return bigs(notes)
    case "boolean":
      return fc.boolean()
    case "date":
      return dates(asDate(notes.least), asDate(notes.most))
    case "symbol":
      return fc.string().map(Symbol)
    case "undefined":
    case "void":
      return fc.constant(undefined)
    case "null":
      return fc.constant(null)
    case "nan":
      return fc.constant(Number.NaN)
    case "any":
    case "unknown":
    case "custom":
      return fc.anything()
    case "literal":
      return fc.constantFrom(...def.values)
    case "enum":
      return fc.constantFrom(...(schema._zod.values ?? []))
    case "array":
      if (ends && notes.shortest === 0) return fc.constant([])
      return fc.array(inner(def.element), sizes(notes))
    case "set":
      return fc.uniqueArray(inner(def.valueType), sizes(notes)).map((items) => new Set(items))
    case "map":
      return fc
        .array(fc.tuple(inner(def.keyType), inner(def.valueType)), sizes(notes))
        .map((pairs) => new Map(pairs))
    case "record":
      return records(def.keyType, inner(def.keyType), inner(def.valueType))
    case "tuple": {
      const items = def.items.map((item) => inner(item))
      const rest = def.rest === null ? fc.constant([]) : fc.array(inner(def.rest), { maxLength: 3 })
      return fc.tuple(fc.tuple(...items), rest).map(([first, more]) => [...first, ...more])
    }
    case "object":
      return objects(def.shape, inner)
    case "union":
      return fc.oneof(...def.options.map((option: unknown) => inner(option)))
    case "intersection":
      return fc
        .tuple(inner(def.left), inner(def.right))
        .map(([left, right]) => (isObject(left) && isObject(right) ? { ...left, ...right } : left))
    case "optional":
    case "default":
    case "prefault":
      if (ends) return fc.constant(undefined)
      return fc.option(inner(def.innerType), { nil: undefined })
    case "nullable":
      if (ends) return fc.constant(null)
      return fc.option(inner(def.innerType), { nil: null })
    case "nonoptional":
      return inner(def.innerType).filter((value) => value !== undefined)
    case "readonly":
    case "catch":
    case "success":
      return inner(def.innerType)
    case "promise":
      return inner(def.innerType).map((value) => Promise.resolve(value))
    case "pipe":
      return isTransform(def.in) ? inner(def.out) : inner(def.in)
    case "lazy":
      // one that can only go on is refused by itself
      return depth < 2 * DEPTH ? inner(def.getter(), depth + 1) : fc.constant(undefined)
    case "template_literal":
      return matching(schema._zod.pattern ?? /^$/)
    default:
      throw new ArbitraryError(
        `nobody knows what values a schema of type "${def.type}" takes`,
        "Say what makes its values: arbitrary(schema, { with: [[inner, fc.string()]] }).",
      )
  }
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null
const isTransform = (schema: { readonly _zod: { readonly def: { readonly type: string } } }) =>
  schema._zod.def.type === "transform"
const asDate = (bound: Notes["least"]): Date | undefined =>
  bound === undefined ? undefined : new Date(Number(bound))

function numbers({ least, most, isAbove, isBelow, step, isWhole }: Notes): Made {
  const low = Number(least ?? -Number.MAX_VALUE)
  const high = Number(most ?? Number.MAX_VALUE)
  if (step === undefined && !isWhole)
    return fc.double({
      noNaN: true,
      min: low,
      max: high,
      minExcluded: isAbove,
      maxExcluded: isBelow,
    })
  const by = Number(step ?? 1)
  const min = Math.max(Math.ceil(low / by), Number.MIN_SAFE_INTEGER)
  const max = Math.min(Math.floor(high / by), Number.MAX_SAFE_INTEGER)
  return fc.integer({ min, max }).map((whole) => whole * by)
}

function bigs({ least, most, step }: Notes): Made {
  const bounds = {
    ...(least === undefined ? {} : { min: BigInt(least) }),
    ...(most === undefined ? {} : { max: BigInt(most) }),
  }
  const by = step === undefined ? 1n : BigInt(step)
  return fc.bigInt(bounds).map((big) => big - (big % by))
}

const sizes = ({ shortest, longest }: Notes): { minLength: number; maxLength?: number } => ({
  minLength: shortest,
  ...(longest === undefined ? {} : { maxLength: longest }),
})

function objects(shape: Readonly<Record<string, unknown>>, inner: (schema: unknown) => Made): Made {
  const keys = Object.keys(shape)
  const fields = Object.fromEntries(keys.map((key) => [key, inner(shape[key])]))
  const required = keys.filter((key) => !mayBeLeftOut(shape[key]))
  return fc.record(fields, { requiredKeys: required, noNullPrototype: true })
}

function mayBeLeftOut(schema: unknown): boolean {
  // what zod holds in a shape is one of its schemas
  return (schema as AnyZod)._zod.optin === "optional"
}

function records(keyType: unknown, key: Made, value: Made): Made {
  // what zod holds is one of its schemas
  const keys = (keyType as AnyZod)._zod.values
  if (keys === undefined) return fc.array(fc.tuple(key, value), { maxLength: 5 }).map(entries)
  // all keys of an enum have to be there
  return fc.tuple(...[...keys].map((name) => fc.tuple(fc.constant(name), value))).map(entries)
}

const entries = (pairs: readonly (readonly unknown[])[]): object =>
  Object.fromEntries(pairs.map(([name, value]) => [name, value]))

import type { Row, Schema } from "@bennu/schema"
import type { Parents } from "@bennu/schema/factory"
import type { Arbitrary } from "fast-check"
import type { $ZodType, $ZodTypes, input } from "zod/v4/core"
import { accepted } from "./accepted.ts"
import { isZod, rowValues } from "./rows.ts"
import { type Replacements, zodValues } from "./zod.ts"

export interface ArbitraryOptions {
  /** What makes the values of schemas within, where a rule is a function that hardly any value pleases. */
  readonly with?: readonly (readonly [$ZodType, Arbitrary<unknown>])[] | undefined
}

export interface RowOptions<S extends Schema> extends ArbitraryOptions {
  /** Rows that are there already, for the relations that a row belongs to: `{ author: [ada, grace] }`. */
  readonly refs?: { readonly [K in keyof Parents<S>]?: readonly Parents<S>[K][] } | undefined
  /** What makes some columns' values: those of a type that nobody knows, or with a check in the database. */
  readonly given?: { readonly [K in keyof Row<S>]?: Arbitrary<Row<S>[K]> } | undefined
  /** The rules that the app casts by: a `z.object`, whose fields say more than the columns do. */
  readonly rules?: $ZodType | undefined
}

/**
 * Values that a schema accepts, for fast-check: what goes into a zod schema, or the rows that can be inserted into a table.
 * They keep lengths, bounds, patterns, formats, enums and what may be null or left out, and shrink to what is small.
 * @param schema Of zod, or of `@bennu/schema`.
 * @throws {ArbitraryError} for a schema whose values nobody can make up, or that refuses ten thousand in a row.
 * @example fc.assert(fc.property(arbitrary(Todo), (todo) => change(Todo, {}, todo).valid))
 */
export function arbitrary<T extends $ZodType>(
  schema: T,
  options?: ArbitraryOptions,
): Arbitrary<input<T>>
export function arbitrary<S extends Schema>(
  schema: S,
  options?: RowOptions<S>,
): Arbitrary<S["table"]["$inferInsert"]>
export function arbitrary(
  schema: $ZodType | Schema,
  options: ArbitraryOptions & {
    readonly refs?: object | undefined
    readonly given?: object | undefined
    readonly rules?: $ZodType | undefined
  } = {},
): Arbitrary<unknown> {
  const replacements: Replacements = new Map(options.with)
  // every type of zod's is one of the union that it discriminates by `def.type`
  if ("_zod" in schema) return accepted(zodValues(schema as $ZodTypes, replacements), schema)
  const { refs = {}, given = {}, rules } = options
  return rowValues(schema, {
    refs: new Map(Object.entries(refs)),
    given: new Map(Object.entries(given)),
    rules: new Map(Object.entries(shapeOf(rules))),
    replacements,
  })
}

function shapeOf(rules: $ZodType | undefined): object {
  if (rules === undefined || !isZod(rules)) return {}
  const { def } = rules._zod
  return def.type === "object" ? def.shape : {}
}

import type { StandardSchemaV1 } from "@bennu/core"
import type { JsonSchema } from "./types.ts"

type Schema = StandardSchemaV1<unknown, unknown>
export type Direction = "input" | "output"

/** Writes a schema as JSON Schema 2020-12; `null` leaves it to us. */
export type ToJsonSchema = (schema: Schema, direction: Direction) => object | null | undefined

/** Writes schemas, and gathers those that others point to. */
export interface Schemas {
  /** @param name What it is called where it must have a name. */
  write(schema: Schema, direction: Direction, name: string): JsonSchema
  readonly components: Readonly<Record<string, JsonSchema>>
}

/** Standard JSON Schema, version 1: what many schemas can say of themselves. See https://standardschema.dev/json-schema. */
interface Converting {
  readonly [direction: string]: (options: { readonly target: string }) => unknown
}

export function schemasFor(toJsonSchema: ToJsonSchema | undefined): Schemas {
  const components = new Map<string, JsonSchema>()
  const written = { input: new Map<Schema, JsonSchema>(), output: new Map<Schema, JsonSchema>() }
  const take = (name: string, schema: JsonSchema): void => void components.set(name, schema)
  return {
    write(schema, direction, name) {
      const known = written[direction].get(schema)
      if (known !== undefined) return known
      const made = toJsonSchema?.(schema, direction) ?? converted(schema, direction)
      const moved = hoisted(made, name, components, take)
      written[direction].set(schema, moved)
      return moved
    },
    get components() {
      return Object.fromEntries(
        [...components].toSorted(([one], [other]) => (one < other ? -1 : 1)),
      )
    },
  }
}

function converted(schema: Schema, direction: Direction): object {
  const standard: object = schema["~standard"]
  if (!("jsonSchema" in standard)) return {}
  // what the standard says of a schema that has it
  const convert = (standard.jsonSchema as Converting)[direction]
  try {
    const made = convert?.({ target: "draft-2020-12" })
    return typeof made === "object" && made !== null ? made : {}
  } catch {
    // not all that can be checked can be said in JSON Schema: a date, a function
    return {}
  }
}

/** Moves what a schema defines for itself to where the whole document finds it. */
function hoisted(
  made: object,
  name: string,
  components: ReadonlyMap<string, JsonSchema>,
  take: (name: string, schema: JsonSchema) => void,
): JsonSchema {
  const { $schema: _, $defs = {}, id: __, ...root } = made as Record<string, unknown>
  const own = typeof $defs === "object" && $defs !== null ? Object.entries($defs) : []
  const names = new Map<string, string>()
  const free = (wanted: string, schema: unknown): string => {
    const plain = wanted.replace(/[^A-Za-z0-9._-]/g, "_")
    const written = [...names.values()]
    for (let at = 1; ; at += 1) {
      const candidate = at === 1 ? plain : `${plain}${at}`
      const there = components.get(candidate)
      const same = there !== undefined && JSON.stringify(there) === JSON.stringify(schema)
      if (same || (there === undefined && !written.includes(candidate))) return candidate
    }
  }
  for (const [key, schema] of own) names.set(key, free(key, cleaned(schema)))
  const isRecursive = JSON.stringify(made).includes('"$ref":"#"')
  const rootName = isRecursive ? free(name, root) : null
  const target = (ref: string): string => {
    if (ref === "#" && rootName !== null) return `#/components/schemas/${rootName}`
    const key = ref.startsWith("#/$defs/") ? pointed(ref.slice("#/$defs/".length)) : null
    const known = key === null ? undefined : names.get(key)
    return known === undefined ? ref : `#/components/schemas/${known}`
  }
  for (const [key, schema] of own) take(names.get(key) ?? key, moved(cleaned(schema), target))
  const schema = moved(root, target)
  if (rootName === null) return schema
  take(rootName, schema)
  return { $ref: target("#") }
}

// zod leaves the name of a schema in it, where JSON Schema would have nothing of that name
function cleaned(schema: unknown): Record<string, unknown> {
  if (typeof schema !== "object" || schema === null) return {}
  const { id: _, ...rest } = schema as Record<string, unknown>
  return rest
}

/** RFC 6901 §4 */
const pointed = (text: string): string => text.replaceAll("~1", "/").replaceAll("~0", "~")

// data, in which "$ref" is only a name, and tables of schemas, in which "default" is only a name
const data = new Set(["const", "default", "enum", "examples", "example"])
const tables = new Set(["properties", "patternProperties", "dependentSchemas", "$defs"])

function moved(schema: Record<string, unknown>, target: (ref: string) => string): JsonSchema {
  const within = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(within)
    return typeof value === "object" && value !== null
      ? moved(value as Record<string, unknown>, target)
      : value
  }
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === "$ref" && typeof value === "string") return [key, target(value)]
      if (data.has(key)) return [key, value]
      if (!tables.has(key) || typeof value !== "object" || value === null)
        return [key, within(value)]
      const table = Object.entries(value).map(([name, each]) => [name, within(each)])
      return [key, Object.fromEntries(table)]
    }),
  )
}

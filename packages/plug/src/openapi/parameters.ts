import type { Route } from "@bennu/router"
import type { Declaration } from "../declaration.ts"
import type { Schemas } from "./schemas.ts"
import type { Template } from "./template.ts"
import type { JsonSchema, Parameter } from "./types.ts"

/** What stands in the path, the query, the headers and the cookies of a request. */
export function parametersOf(
  { oneOf }: Pick<Route<unknown>, "oneOf">,
  own: Template,
  shared: Template,
  declared: Declaration | null,
  schemas: Schemas,
  name: string,
): readonly Parameter[] {
  const read = (part: "params" | "query" | "headers" | "cookies") => {
    const schema = declared?.[part]
    return schema === undefined
      ? null
      : schemas.write(schema, "input", `${name}${part.charAt(0).toUpperCase()}${part.slice(1)}`)
  }
  const fields = fieldsOf(read("params"), schemas)
  const inPath = own.names.map((name, index): Parameter => {
    const listed = oneOf !== undefined && Object.hasOwn(oneOf, name) ? oneOf[name] : undefined
    const schema = fields.get(name)?.schema ?? { type: "string" }
    return {
      name: shared.names[index] ?? name,
      in: "path",
      required: true,
      ...(name === "*" ? { description: "All that follows, slashes included." } : {}),
      schema: listed === undefined ? schema : { ...schema, enum: listed },
    }
  })
  return [
    ...inPath,
    ...inQuery(read("query"), schemas),
    ...named("header", fieldsOf(read("headers"), schemas)),
    ...named("cookie", fieldsOf(read("cookies"), schemas)),
  ]
}

interface Field {
  readonly schema: JsonSchema
  readonly required: boolean
}

/** As `paths` writes a query: lists as `tags[]=a`, objects as `page[size]=10`. */
function inQuery(query: JsonSchema | null, schemas: Schemas): readonly Parameter[] {
  if (query === null) return []
  const fields = fieldsOf(query, schemas)
  // any names at all, or a choice of objects: one parameter stands for all
  if (fields.size === 0)
    return [{ name: "query", in: "query", style: "form", explode: true, schema: query }]
  return [...fields].map(([name, { schema, required }]): Parameter => {
    const type = resolved(schema, schemas)["type"]
    if (type === "array") {
      return { name: `${name}[]`, in: "query", required, style: "form", explode: true, schema }
    }
    return type === "object"
      ? { name, in: "query", required, style: "deepObject", explode: true, schema }
      : { name, in: "query", required, schema }
  })
}

// OpenAPI 3.1.1 §4.8.12.1: others say these
const saidElsewhere = new Set(["accept", "content-type", "authorization"])

const named = (place: "header" | "cookie", fields: ReadonlyMap<string, Field>): Parameter[] =>
  [...fields]
    .filter(([name]) => place === "cookie" || !saidElsewhere.has(name.toLowerCase()))
    .map(([name, { schema, required }]) => ({ name, in: place, required, schema }))

function fieldsOf(schema: JsonSchema | null, schemas: Schemas): ReadonlyMap<string, Field> {
  const { properties, required } = schema === null ? {} : resolved(schema, schemas)
  const needed = Array.isArray(required) ? required : []
  const entries = Object.entries(typeof properties === "object" ? (properties ?? {}) : {})
  return new Map(
    entries.map(([name, schema]) => [
      name,
      { schema: schema ?? {}, required: needed.includes(name) },
    ]),
  )
}

function resolved(schema: JsonSchema, { components }: Schemas): JsonSchema {
  const ref = schema["$ref"]
  const name = typeof ref === "string" ? ref.slice("#/components/schemas/".length) : null
  return (name === null ? null : components[name]) ?? schema
}

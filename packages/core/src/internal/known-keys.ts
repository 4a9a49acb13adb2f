import type { StandardSchemaV1 } from "../standard-schema.ts"

/**
 * The keys an object schema knows, or undefined when it does not tell. Standard Schema has no question for it, so
 * this asks as the libraries answer: `shape` (zod), `entries` (valibot), or Standard JSON Schema (arktype).
 */
export function knownKeys(
  schema: StandardSchemaV1<unknown, unknown>,
): readonly string[] | undefined {
  return keysIn(schema, "shape") ?? keysIn(schema, "entries") ?? keysOfJsonSchema(schema)
}

function keysOfJsonSchema(
  schema: StandardSchemaV1<unknown, unknown>,
): readonly string[] | undefined {
  const convert = read(read(schema["~standard"], "jsonSchema"), "input")
  if (typeof convert !== "function") return undefined
  try {
    return keysIn(convert({ target: "draft-2020-12" }), "properties")
  } catch {
    // not every schema can be written as JSON Schema, and this only makes a message better
    return undefined
  }
}

function keysIn(value: unknown, name: string): readonly string[] | undefined {
  const found = read(value, name)
  return typeof found === "object" && found !== null ? Object.keys(found) : undefined
}

function read(value: unknown, name: string): unknown {
  const readable = (typeof value === "object" && value !== null) || typeof value === "function"
  return readable ? Reflect.get(value, name) : undefined
}

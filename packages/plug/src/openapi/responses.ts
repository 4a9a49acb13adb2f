import type { Declaration, DeclaredAnswer } from "../declaration.ts"
import { titleOf } from "../failure.ts"
import { mediaTypeOf } from "../negotiation.ts"
import type { Schemas } from "./schemas.ts"
import type { Content, JsonSchema, ResponseObject } from "./types.ts"

const ref = { $ref: "#/components/schemas/Problem" }

/** What `dispatch` answers errors with, to who wants JSON. See RFC 9457 §3.1. */
export const problemSchema: JsonSchema = {
  type: "object",
  required: ["type", "title", "status", "code", "reference"],
  properties: {
    type: { type: "string", format: "uri-reference" },
    title: { type: "string" },
    status: { type: "integer", minimum: 400, maximum: 599 },
    code: { type: "string", description: "Stable: switch on it." },
    detail: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: { path: { type: "string" }, message: { type: "string" } },
      },
    },
    reference: { type: "string", description: "Names this failure in logs." },
  },
}

/** What a route is answered with, status by status. */
export function responsesOf(
  declared: Declaration | null,
  schemas: Schemas,
  name: string,
): Readonly<Record<string, ResponseObject>> {
  const answers = declared?.answers ?? null
  const made = new Map<string, ResponseObject>()
  if (answers === null) made.set("default", { description: "Whatever the handler answers." })
  const byStatus = Map.groupBy([...(answers ?? []), ...refusals(declared)], ({ status }) => status)
  for (const [status, group] of byStatus) made.set(String(status), responseOf(status, group))
  return Object.fromEntries(made)

  function responseOf(status: number, group: readonly DeclaredAnswer[]): ResponseObject {
    const errors = group.flatMap(({ error }) => (error === undefined ? [] : [error]))
    const contents = group.map(contentOf)
    const title = titleOf(status) ?? `Status ${status}`
    return {
      description: errors.length === 0 ? title : `${title}: ${errors.join(", ")}`,
      content: Object.assign({}, ...contents),
    }
  }

  function contentOf({ formats }: DeclaredAnswer): Content {
    if (formats === null) return { "application/problem+json": { schema: ref } }
    return Object.fromEntries(
      [...formats].map(([format, schema]) => [
        mediaTypeOf(format),
        schema === null ? {} : { schema: schemas.write(schema, "output", `${name}Answer`) },
      ]),
    )
  }
}

/** What an action answers before its handler runs. */
function refusals(declared: Declaration | null): readonly DeclaredAnswer[] {
  if (declared === null) return []
  const { params, query, headers, cookies, body } = declared
  const parts = [params, query, headers, cookies, body]
  const statuses = [
    ...(parts.some((part) => part !== undefined) ? [400] : []),
    ...(body === undefined ? [] : [413, 415, 422]),
  ]
  return statuses.map((status) => ({ status, formats: null }))
}

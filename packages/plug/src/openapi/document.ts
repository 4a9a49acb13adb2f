import { flatten, type Route, type RouteGroup, verbs } from "@bennu/router"
import { type Declaration, declarationOf } from "../declaration.ts"
import type { Handler } from "../routes.ts"
import { parametersOf } from "./parameters.ts"
import { problemSchema, responsesOf } from "./responses.ts"
import { type Schemas, schemasFor, type ToJsonSchema } from "./schemas.ts"
import { operationIdOf, type Template, templateOf } from "./template.ts"
import type { Content, Info, Method, OpenApiDocument, Operation, Server } from "./types.ts"

export interface OpenApiOptions {
  readonly info: Info
  /** Where the API is to be had (where the document is). */
  readonly servers?: readonly Server[] | undefined
  /**
   * Writes schemas of a library that cannot itself (Standard JSON Schema), or writes some differently: what it gives
   * `null` for is written as always.
   */
  readonly toJsonSchema?: ToJsonSchema | undefined
}

/**
 * Describes routes as OpenAPI 3.1: their paths and verbs, and of an `action` its schemas, views and errors. Give it the
 * group that is your API, or the whole router. Where two routes have one path and verb on several hosts, it is the first that stands there.
 * @example openapi(api, { info: { title: "Todos", version: "1.0.0" } }).paths["/todos/{id}"]
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openapi(
  group: RouteGroup<Handler<{}>>,
  { info, servers, toJsonSchema }: OpenApiOptions,
): OpenApiDocument {
  const schemas = schemasFor(toJsonSchema)
  const templates = new Map<string, Template>()
  const paths = new Map<string, Map<Method, Operation>>()
  const ids = new Set<string>()
  // a route for a verb is asked before one for all
  const routes = flatten([group]).toSorted((one, other) => rank(one) - rank(other))
  for (const route of routes) {
    const own = templateOf(route)
    const shared = templates.get(own.shape) ?? own
    templates.set(own.shape, shared)
    const item = paths.get(shared.text) ?? new Map<Method, Operation>()
    paths.set(shared.text, item)
    for (const verb of route.verb === "*" ? everyVerb : [route.verb]) {
      const method = methodOf(verb)
      if (!item.has(method))
        item.set(method, operationOf(route, verb, { own, shared, schemas, ids }))
    }
  }
  return {
    openapi: "3.1.1",
    info,
    ...(servers === undefined ? {} : { servers }),
    paths: Object.fromEntries([...paths].map(([path, item]) => [path, Object.fromEntries(item)])),
    components: { schemas: { ...schemas.components, Problem: problemSchema } },
  }
}

const rank = ({ verb }: Route<unknown>): number => Number(verb === "*")
const everyVerb = verbs.filter((verb) => verb !== "HEAD" && verb !== "OPTIONS")
// the methods are the verbs in lower case
const methodOf = (verb: string): Method => verb.toLowerCase() as Method

interface Context {
  readonly own: Template
  readonly shared: Template
  readonly schemas: Schemas
  readonly ids: Set<string>
}

function operationOf(
  route: Route<Handler<{}>>,
  verb: string,
  { own, shared, schemas, ids }: Context,
): Operation {
  const declared = declarationOf(route.handler)
  const { operationId: wanted = operationIdOf(verb, route.pattern), ...docs } = declared?.docs ?? {}
  const operationId = unique(wanted, ids)
  const name = operationId.charAt(0).toUpperCase() + operationId.slice(1)
  const parameters = parametersOf(route, own, shared, declared, schemas, name)
  const body = bodyOf(declared, schemas, name)
  return {
    operationId,
    ...docs,
    ...(route.host === undefined ? {} : { servers: [serverOf(route.host)] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null ? {} : { requestBody: { required: true, content: body } }),
    responses: responsesOf(declared, schemas, name),
  }
}

function unique(wanted: string, ids: Set<string>): string {
  let id = wanted
  for (let at = 2; ids.has(id); at += 1) id = `${wanted}${at}`
  ids.add(id)
  return id
}

const mediaTypes = {
  json: "application/json",
  form: "application/x-www-form-urlencoded",
  text: "text/plain",
  multipart: "multipart/form-data",
} as const

function bodyOf(declared: Declaration | null, schemas: Schemas, name: string): Content | null {
  const body = declared?.body
  if (body === undefined) return null
  const formats = ["json", "form", "text", "multipart"] as const
  return Object.fromEntries(
    formats.flatMap((format) => {
      const schema = body[format]
      if (schema === undefined) return []
      return [[mediaTypes[format], { schema: schemas.write(schema, "input", `${name}Body`) }]]
    }),
  )
}

/** A host of a route, with whatever scheme the document came by. */
function serverOf(host: string): Server {
  if (!host.startsWith("*.")) return { url: `//${host}` }
  return { url: `//{name}${host.slice(1)}`, variables: { name: { default: "www" } } }
}

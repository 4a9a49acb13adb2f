import { err, ok, type Result, type StandardSchemaV1 } from "@bennu/core"
import { html } from "@bennu/html"
import { paths, router } from "@bennu/router"
import { validate } from "@hyperjump/json-schema/openapi-3-1"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import {
  action,
  app,
  del,
  fallback,
  get,
  match,
  only,
  type Plug,
  post,
  put,
  scope,
} from "./index.ts"
import { type OpenApiDocument, openapi, openapiHandler } from "./openapi.ts"

/** The published schema of OpenAPI 3.1, which checks the schemas within as well. */
async function complaintsOf(document: OpenApiDocument): Promise<readonly string[]> {
  // as it travels: what is undefined is not in it
  const data = JSON.parse(JSON.stringify(document))
  const output = await validate("https://spec.openapis.org/oas/3.1/schema-base", data, "BASIC")
  return output.valid ? [] : (output.errors ?? []).map((error) => error.instanceLocation)
}

const info = { title: "Todos", version: "1.0.0" }
const path = paths({
  todos: "/todos",
  todo: "/todos/:id",
  rename: "PUT /todos/:todo",
  file: "/files/*",
  profile: "/@:name",
  localised: "/:locale/about",
  openapi: "/openapi.json",
})
const Todo = z.object({ id: z.number(), title: z.string() }).meta({ id: "Todo" })
const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree)
  },
})
type Failure = "not_found" | { readonly code: "archived" }
const errors = fallback<Failure>({
  not_found: 404,
  archived: { status: 410, json: () => ({ gone: true }) },
})
const find = (id: number): Result<{ id: number; title: string; secret: string }, Failure> =>
  id === 1 ? ok({ id, title: "Ship it", secret: "s" }) : err("not_found")

const showTodo = action(
  {
    params: z.object({ id: z.coerce.number().int() }),
    headers: z.object({ "x-tenant": z.string(), accept: z.string().optional() }),
    docs: { summary: "One todo", tags: ["todos"] },
  },
  (_, { params }) => find(params.id),
  { html: ({ title }) => html`<h1>${title}</h1>`, json: only(Todo), errors },
)
const listTodos = action(
  {
    query: z.object({
      limit: z.coerce.number().int().max(100).default(20),
      tags: z.array(z.string()).optional(),
      page: z.object({ size: z.coerce.number() }).optional(),
      owner: z.string(),
    }),
  },
  (conn) => conn.json([]),
)
const addTodo = action(
  {
    body: {
      json: z.object({ title: z.string().min(1) }),
      text: z.string().transform((title) => ({ title })),
    },
  },
  (conn) => conn.json({}),
)

const open: Plug = (conn, next) => next(conn)
const api = scope("/", open, [
  scope("/api", open, [
    get(path.todos, listTodos),
    post(path.todos, addTodo),
    get(path.todo, showTodo),
    put(
      path.rename,
      action({ body: Tree, uploads: true }, (conn) => conn.json({})),
    ),
    del(path.todo, (conn) => conn.text(conn.params.id)),
  ]),
  get(path.file, (conn) => conn.text(conn.params["*"])),
  get(path.profile, (conn) => conn.text(conn.params.name)),
  match("*", path.todos, (conn) => conn.text("any")),
])

describe("openapi", () => {
  const document = openapi(router(api), { info, servers: [{ url: "https://todo.example" }] })
  const at = (path: string) => document.paths[path] ?? {}

  it("is what the published schema of OpenAPI 3.1 asks for", async () => {
    expect(await complaintsOf(document)).toEqual([])
    expect(await complaintsOf(openapi(router(), { info }))).toEqual([])
    // and the judge does judge
    const wrong = { ...document, paths: { "/x": { get: { responses: { "20": {} } } } } }
    expect(await complaintsOf(wrong as unknown as OpenApiDocument)).not.toEqual([])
  })
  it("has every route, whether it declares something or not, under one name for one address", () => {
    expect(
      Object.entries(document.paths).map(([path, item]) => `${path} ${Object.keys(item)}`),
    ).toEqual([
      "/api/todos get,post",
      "/api/todos/{id} get,put,delete",
      "/files/{*} get",
      "/@{name} get",
      "/todos get,post,put,patch,delete",
    ])
    expect(at("/@{name}").get).toEqual({
      operationId: "getByName",
      parameters: [{ name: "name", in: "path", required: true, schema: { type: "string" } }],
      responses: { default: { description: "Whatever the handler answers." } },
    })
    expect(at("/api/todos/{id}").put?.parameters?.map(({ name }) => name)).toEqual(["id"])
  })
  it("says what an action asks for in path, query and headers, as this app reads them", () => {
    expect(at("/api/todos/{id}").get).toMatchObject({
      summary: "One todo",
      tags: ["todos"],
      parameters: [
        { name: "id", in: "path", required: true, schema: { type: "integer" } },
        { name: "x-tenant", in: "header", required: true },
      ],
    })
    expect(
      at("/api/todos").get?.parameters?.map(({ name, required, style }) => [name, required, style]),
    ).toEqual([
      ["limit", false, undefined],
      ["tags[]", false, "form"],
      ["page", false, "deepObject"],
      ["owner", true, undefined],
    ])
  })
  it("says which bodies an action reads, and gives schemas that name themselves a place", () => {
    const { requestBody } = at("/api/todos").post ?? {}
    expect(Object.keys(requestBody?.content ?? {})).toEqual(["application/json", "text/plain"])
    const tree = at("/api/todos/{id}").put?.requestBody?.content ?? {}
    expect(Object.keys(tree)).toEqual([
      "application/json",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
    ])
    const ref = { $ref: "#/components/schemas/PutApiTodosByTodoBody" }
    expect(tree["application/json"]).toEqual({ schema: ref })
    expect(document.components.schemas["PutApiTodosByTodoBody"]).toMatchObject({
      properties: { children: { items: ref } },
    })
  })
  it("says what is answered: views, what only() lets out, errors of the context, and refusals", () => {
    const responses = at("/api/todos/{id}").get?.responses ?? {}
    expect(Object.keys(responses)).toEqual(["200", "400", "404", "410"])
    expect(responses["200"]?.content).toEqual({
      "text/html": {},
      "application/json": { schema: { $ref: "#/components/schemas/Todo" } },
    })
    expect(document.components.schemas["Todo"]).toMatchObject({ required: ["id", "title"] })
    const problem = {
      "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
    }
    expect(responses["404"]).toEqual({ description: "Not Found: not_found", content: problem })
    expect(responses["410"]?.content).toEqual({ "application/json": {} })
    expect(Object.keys(at("/api/todos").post?.responses ?? {})).toEqual([
      "400",
      "413",
      "415",
      "422",
      "default",
    ])
  })
  it("describes problems as they are answered", async () => {
    const response = await app(router(api), { development: false }).fetch(
      new Request("http://localhost/api/todos", { headers: { accept: "application/json" } }),
    )
    const problem = (await response.json()) as object
    const schema = document.components.schemas["Problem"]
    expect(schema?.["required"]).toEqual(
      Object.keys(problem).filter((key) => key !== "detail" && key !== "errors"),
    )
    expect(Object.keys(schema?.["properties"] ?? {})).toEqual(
      expect.arrayContaining(Object.keys(problem)),
    )
  })
  it("knows hosts and listed values", async () => {
    const away = scope("/", open, { host: "*.todo.example", oneOf: { locale: ["en", "de"] } }, [
      get(path.localised, (conn) => conn.text(conn.params.locale)),
    ])
    const document = openapi(away, { info })
    expect(await complaintsOf(document)).toEqual([])
    expect(document.paths["/{locale}/about"]?.get).toMatchObject({
      servers: [{ url: "//{name}.todo.example" }],
      parameters: [{ schema: { enum: ["en", "de"] } }],
    })
  })
  it("takes schemas of any vendor, and asks toJsonSchema for those that do not know JSON Schema", async () => {
    const Mute: StandardSchemaV1<string, string> = {
      "~standard": { version: 1, vendor: "mute", validate: () => ({ value: "" }) },
    }
    const routes = router(
      post(
        path.todos,
        action({ body: Mute, query: z.object({ at: z.date() }) }, (conn) => conn.text("")),
      ),
    )
    const bodyOf = (document: OpenApiDocument) =>
      document.paths["/todos"]?.post?.requestBody?.content["application/json"]
    expect(bodyOf(openapi(routes, { info }))).toEqual({ schema: {} })
    const told = openapi(routes, {
      info,
      toJsonSchema: (schema, direction) =>
        schema === Mute ? { type: "string", title: direction } : null,
    })
    expect(bodyOf(told)).toEqual({ schema: { type: "string", title: "input" } })
    expect(await complaintsOf(told)).toEqual([])
  })
  it("moves what a schema points to, and nothing that only looks like it", () => {
    const schema = {
      type: "object",
      $defs: { "a/b": { type: "string" } },
      properties: { default: { $ref: "#/$defs/a~1b" }, data: { const: { $ref: "#/$defs/x" } } },
    }
    const routes = router(
      post(
        path.todos,
        action({ body: z.unknown() }, (conn) => conn.text("")),
      ),
    )
    const document = openapi(routes, { info, toJsonSchema: () => schema })
    expect(document.components.schemas["a_b"]).toEqual({ type: "string" })
    expect(document.paths["/todos"]?.post?.requestBody?.content["application/json"]).toEqual({
      schema: {
        type: "object",
        properties: {
          default: { $ref: "#/components/schemas/a_b" },
          data: { const: { $ref: "#/$defs/x" } },
        },
      },
    })
  })
})

describe("openapiHandler", () => {
  it("answers with the document", async () => {
    const { fetch } = app(router(api, get(path.openapi, openapiHandler(api, { info }))))
    const response = await fetch(new Request("http://localhost/openapi.json"))
    expect(response.headers.get("content-type")).toBe("application/json")
    expect(await response.json()).toMatchObject({ openapi: "3.1.1", info })
  })
})

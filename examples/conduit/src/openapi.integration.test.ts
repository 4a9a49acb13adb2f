import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { supervisor } from "@bennu/core"
import { app as serve } from "@bennu/plug"
import { client } from "@bennu/plug/client"
import type { OpenApiDocument } from "@bennu/plug/openapi"
import { storeSessions } from "@bennu/plug/session"
import { local, openPubSub } from "@bennu/pubsub"
import { memoryStore } from "@bennu/store"
import { validate } from "@hyperjump/json-schema/openapi-3-1"
import { afterAll, describe, expect, it } from "vitest"
import { parse } from "yaml"
import type { api } from "./api.ts"
import * as Articles from "./articles.ts"
import { document } from "./layout.ts"
import { picturesIn } from "./pictures.ts"
import { appRouter } from "./router.ts"
import { path } from "./routes.ts"
import { conduitTests } from "./testing.ts"

const { repo, tests, ...conduit } = await conduitTests()
afterAll(() => conduit[Symbol.asyncDispose]())
await using parts = supervisor({ name: "conduit-api" })
const pubsub = await parts.start(openPubSub({ adapter: local() }))
const ports = { repo, pubsub, pictures: picturesIn("") }
const store = memoryStore()
const layout = document({ dir: "", file: (name) => `/${name}` })
const sessions = storeSessions({ store, secret: "s".repeat(64) })
const router = appRouter({ ports, sessions, store, layout })
const { fetch } = serve(router, { development: false })

const answer = await fetch(new Request(`http://localhost${path.apiDescription()}`))
const text = await answer.text()
const ours: OpenApiDocument = JSON.parse(text)
const theirs = parse(await readFile(join(import.meta.dirname, "../fixtures/openapi.yml"), "utf8"))

/** A part of a document, with what its references point to in their place. */
function resolved(document: unknown, part: unknown): unknown {
  if (Array.isArray(part)) return part.map((item) => resolved(document, item))
  if (typeof part !== "object" || part === null) return part
  if ("$ref" in part) {
    const names = String(part.$ref).slice(2).split("/")
    return resolved(
      document,
      names.reduce((at, name) => Reflect.get(Object(at), name), document),
    )
  }
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, resolved(document, value)]),
  )
}

/** The names and types that an answer has for certain. */
function shapeOf(schema: unknown): unknown {
  const { type, required = [], properties = {}, items } = Object(schema)
  if (type === "array") return [shapeOf(items)]
  if (type !== "object") return type
  const names: string[] = [...required].sort()
  return Object.fromEntries(names.map((name) => [name, shapeOf(properties[name])]))
}

describe("the description of Conduit's API", () => {
  it("is valid OpenAPI 3.1", async () => {
    const data = JSON.parse(text)
    const output = await validate("https://spec.openapis.org/oas/3.1/schema-base", data, "BASIC")
    expect(output).toMatchObject({ valid: true })
  })

  it.each(Object.keys(ours.paths).filter((at) => at.startsWith("/api/")))(
    "says of %s what the specification says",
    (at) => {
      const [mine, given] = [ours, theirs].map((document) => {
        const item = document.paths[document === ours ? at : at.replace("/api", "")]?.get
        const { operationId, parameters = [], responses } = Object(resolved(document, item))
        return {
          operationId,
          parameters: parameters.map(({ name }: { name: string }) => name).sort(),
          answer: shapeOf(responses["200"].content["application/json"].schema),
        }
      })
      // nobody has favourites yet
      given?.parameters.splice(
        0,
        Infinity,
        ...given.parameters.filter((name: string) => name !== "favorited"),
      )
      expect(mine).toEqual(given)
    },
  )
})

describe("a client of Conduit's API", () => {
  const remote = client<typeof api, typeof path>(path, { baseUrl: "http://localhost", fetch })

  it(
    "asks with the types of the handlers, and gets what they let out",
    tests.test(async ({ ada }) => {
      const written = await Articles.create(ada, {
        title: "Typed",
        description: "From end to end.",
        body: "All of it.",
        tagList: "types",
      })
      expect(written.ok).toBe(true)
      const list = await remote.apiArticles.index({ query: { tag: "types", limit: 1 } })
      if (!list.ok) throw new Error(`answered with ${list.error.status}`)
      expect(list.value.articles.map(({ title, author }) => [title, author.username])).toEqual([
        ["Typed", "Ada"],
      ])
      expect(list.value.articles[0]).not.toHaveProperty("readerId")
      const one = await remote.apiArticles.show({ params: { slug: "typed" } })
      expect(one.ok && one.value.article.body).toBe("All of it.")
    }),
  )

  it(
    "gets refusals as values",
    tests.test(async () => {
      const none = await remote.apiArticles.show({ params: { slug: "none" } })
      expect(!none.ok && [none.error.status, none.error.body]).toEqual([
        422,
        { errors: { body: ["there is no article of that name"] } },
      ])
      const wrong = await remote.apiArticles.index({ query: { limit: 1000 } })
      expect(!wrong.ok && wrong.error.status).toBe(400)
    }),
  )
})

import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { Ajv, type ValidateFunction } from "ajv"
import addFormats from "ajv-formats"
import { parse } from "yaml"
import { test as base, expect } from "./fixtures.ts"

// the RealWorld specification; its schemas stand in for ours
const specification = parse(
  await readFile(join(import.meta.dirname, "../fixtures/openapi.yml"), "utf8"),
)
// OpenAPI 3.0 writes schemas that are almost JSON Schema: strictness is about keywords that it adds
const ajv = new Ajv({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema(specification, "api")
const schemaOf = (response: string): ValidateFunction =>
  ajv.compile({ $ref: `api#/components/responses/${response}/content/application~1json/schema` })

const test = base.extend<{ readonly json: Readonly<Record<string, string>> }>({
  json: ({ from }, use) => use({ accept: "application/json", ...from }),
})

test("the public API answers as the specification says", async ({ server, json }) => {
  for (const [path, response] of [
    ["/api/articles", "MultipleArticlesResponse"],
    ["/api/articles?limit=3&offset=2", "MultipleArticlesResponse"],
    ["/api/articles?tag=security&author=Ada%20Okafor", "MultipleArticlesResponse"],
    ["/api/articles/two-windows", "SingleArticleResponse"],
    ["/api/tags", "TagsResponse"],
  ] as const) {
    const answer = await fetch(server.url + path, { headers: json })
    expect(answer.status, path).toBe(200)
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/)
    const valid = schemaOf(response)
    expect(valid(await answer.json()), `${path}: ${ajv.errorsText(valid.errors)}`).toBe(true)
  }
})

test("the list is paged, filtered, and does not carry bodies", async ({ server, json }) => {
  const list = async (query: string) =>
    (await fetch(`${server.url}/api/articles${query}`, { headers: json })).json()
  const all = await list("")
  const archive = await (await fetch(`${server.url}/archive`, { headers: json })).json()
  expect(all).toMatchObject({ articlesCount: archive.length })
  expect(all.articles).toHaveLength(20)
  const [second] = (await list("?limit=1&offset=1")).articles
  expect(second.slug).toBe(all.articles[1].slug)
  expect(all.articles[0]).not.toHaveProperty("body")
  const tagged = await list("?tag=security")
  expect(
    tagged.articles.every(({ tagList }: { tagList: string[] }) => tagList.includes("security")),
  ).toBe(true)
  expect(await list("?tag=__proto__")).toEqual({ articles: [], articlesCount: 0 })
})

test("what it cannot answer it refuses in the specification's words", async ({ server, json }) => {
  const missing = await fetch(`${server.url}/api/articles/no-such-article`, { headers: json })
  expect(missing.status).toBe(422)
  const valid = schemaOf("GenericError")
  expect(valid(await missing.json()), ajv.errorsText(valid.errors)).toBe(true)
  for (const query of ["?limit=0", "?limit=x", "?offset=-1", "?limit=NaN", "?limit=1e9"]) {
    const refused = await fetch(`${server.url}/api/articles${query}`, { headers: json })
    expect(refused.status, query).toBeGreaterThanOrEqual(400)
    expect(refused.status, query).toBeLessThan(500)
  }
  const html = await fetch(`${server.url}/api/tags`, { headers: { accept: "text/html" } })
  expect(html.status).toBe(406)
})

test("each address answers the verbs that it has, and tells the others which those are", async ({
  server,
  json,
}) => {
  const ask = (method: string) => fetch(`${server.url}/api/tags`, { method, headers: json })
  const [whole, head] = [await ask("GET"), await ask("HEAD")]
  expect(head.status).toBe(200)
  expect(head.headers.get("content-type")).toBe(whole.headers.get("content-type"))
  expect(await head.text()).toBe("")
  const options = await ask("OPTIONS")
  expect(options.status).toBe(204)
  expect(options.headers.get("allow")).toMatch(/^GET, HEAD/)
  const refused = await ask("DELETE")
  expect(refused.status).toBe(405)
  expect(refused.headers.get("allow")).toMatch(/^GET, HEAD/)
  expect(refused.headers.get("content-type")).toMatch(/^application\/problem\+json/)
  expect(await refused.json()).toMatchObject({ status: 405, code: "ERR_PLUG_METHOD_NOT_ALLOWED" })
})

test("anybody's page may read it, and nobody may ask without end", async ({ server, json }) => {
  const elsewhere = { ...json, origin: "https://reader.example" }
  const answer = await fetch(`${server.url}/api/tags`, { headers: elsewhere })
  expect(answer.headers.get("access-control-allow-origin")).toBe("*")
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff")
  // five a second come back meanwhile
  let refused: Response | undefined
  for (let sent = 0; sent < 3000 && refused === undefined; sent += 50) {
    const some = Array.from({ length: 50 }, () =>
      fetch(`${server.url}/api/tags`, { headers: json }),
    )
    refused = (await Promise.all(some)).find(({ status }) => status === 429)
    if (sent < 200) expect(refused).toBeUndefined()
  }
  expect(refused?.headers.get("retry-after")).toMatch(/^\d+$/)
  // pages are not counted with it
  expect((await fetch(server.url, { headers: { accept: "text/html" } })).status).toBe(200)
})

test("a browser's report about the policy is taken, and a forged one does no harm", async ({
  server,
  from,
}) => {
  const report = (body: string, type = "application/csp-report") =>
    fetch(`${server.url}/csp-reports`, {
      ...{ method: "POST", body },
      headers: { "content-type": type, ...from },
    })
  const found = {
    "csp-report": {
      "document-uri": `${server.url}/`,
      "violated-directive": "script-src",
      "blocked-uri": "inline",
    },
  }
  expect((await report(JSON.stringify(found))).status).toBe(204)
  expect((await report("{")).status).toBe(400)
  expect((await report("x=1", "application/x-www-form-urlencoded")).status).toBe(415)
  expect((await report(`"${"x".repeat(100_000)}"`)).status).toBe(413)
})

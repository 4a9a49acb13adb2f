import { get, type Plug, scope } from "@bennu/plug"
import { openapi } from "@bennu/plug/openapi"
import { validate } from "@hyperjump/json-schema/openapi-3-1"
import { describe, expect, it } from "vitest"
import * as Api from "./api.ts"
import { path } from "./routes.ts"
import type { Scope } from "./vocabulary.ts"

const unused: Plug<{}, { scope: Scope }> = () => {
  throw new Error("nothing runs to be described")
}
const api = scope("/", unused, [
  get(path.apiArticles, Api.listArticles),
  get(path.apiArticle, Api.showArticle),
  get(path.apiTags, Api.listTags),
])

describe("the description of Conduit's API", () => {
  it("is valid OpenAPI 3.1, with what the actions declare", async () => {
    const document = openapi(api, { info: { title: "Conduit", version: "1.0.0" } })
    const data = JSON.parse(JSON.stringify(document))
    const output = await validate("https://spec.openapis.org/oas/3.1/schema-base", data, "BASIC")
    expect(output).toMatchObject({ valid: true })
    const list = document.paths["/api/articles"]?.get
    expect(list?.parameters?.map(({ name, required }) => [name, required])).toEqual([
      ["tag", false],
      ["author", false],
      ["limit", false],
      ["offset", false],
    ])
    expect(Object.keys(list?.responses ?? {})).toEqual(["400", "default"])
    expect(document.paths["/api/articles/{slug}"]?.get?.parameters).toMatchObject([
      { name: "slug", in: "path", required: true },
    ])
  })
})

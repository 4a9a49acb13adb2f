import { afterAll, beforeAll, describe, it } from "vitest"
import { visited } from "../fixtures/visited.ts"
import { type Site, visit, visitsBy } from "../fixtures/visits.ts"

describe.each([
  ["WebSockets", 1],
  ["long polls", 1],
  ["long polls", 2],
] as const)("the official client in Node, by %s to %i node(s)", (way, nodes) => {
  let server: Awaited<ReturnType<typeof visited>>
  beforeAll(async () => {
    server = await visited({ nodes })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it.each(visitsBy(way))("%s: %s", async (section, name) => {
    const site: Site = { url: server.url, way, csrfToken: server.page.token, user: null }
    await visit(site, section, name)
  })
})

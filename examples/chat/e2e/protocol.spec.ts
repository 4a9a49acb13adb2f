import { join } from "node:path"
import { type RunningApp, startApp } from "bennu-testkit"
import { expect, test } from "playwright/test"
import { type Site, visitsBy } from "../../../packages/channels/fixtures/visits.ts"

declare const visits: { visit(site: Site, section: string, name: string): Promise<void> }

// One server and one page after another: what a visit is about is what is said, not how much at once
test.describe.configure({ mode: "serial" })

let server: RunningApp
test.beforeAll(async () => {
  server = await startApp(join(import.meta.dirname, "protocol-server.ts"), {})
})
test.afterAll(() => server.stop())

for (const way of ["WebSockets", "long polls"] as const) {
  test.describe(`the official client in Chromium, by ${way}`, () => {
    for (const [section, name] of visitsBy(way)) {
      test(`${section}: ${name}`, async ({ page, context, request }) => {
        const { token, cookie } = await (await request.get(`${server.url}/page.json`)).json()
        const [pair = ""] = String(cookie).split(";")
        const [key = "", value = ""] = pair.split("=")
        await context.addCookies([{ name: key, value, url: server.url }])
        const thrown: string[] = []
        page.on("pageerror", (error) => thrown.push(error.message))
        await page.goto(server.url)
        const site: Site = { url: "/socket", way, csrfToken: String(token), user: "ada" }
        await page.evaluate(([at, ...which]) => visits.visit(at, ...which), [
          site,
          section,
          name,
        ] as const)
        expect(thrown).toEqual([])
      })
    }
  })
}

import { rmSync } from "node:fs"
import { startPostgres } from "bennu-testkit"
import { callMe, connected, expect, test } from "./fixtures.ts"
import { dataDirectory, start } from "./server.ts"

test("a second start on the same data is refused with a hint, and the first goes on", async ({
  page,
  server,
}) => {
  const { DATA_DIR } = server.env
  await expect(start({ DATA_DIR, PORT: "0" })).rejects.toThrow(
    /process \d+ has the database[\s\S]*DATABASE_URL/,
  )
  await page.goto("/")
  await expect(page.locator(".feed li")).toHaveCount(10)
})

test("a port that is taken is said to be taken", async ({ server }) => {
  const own = dataDirectory()
  await expect(start({ DATA_DIR: own, PORT: server.env.PORT })).rejects.toThrow(
    /port \d+[\s\S]*PORT/,
  )
  rmSync(own, { recursive: true })
})

test("what cannot be is said in a sentence, with what to do about it, and the process ends", async () => {
  const data = dataDirectory()
  try {
    const wrong: [Record<string, string>, RegExp][] = [
      [{ PORT: "abc", DATABASE_URL: "mysql://x" }, /PORT[\s\S]*DATABASE_URL[\s\S]*Correct PORT/],
      [{ PORT: "0", NODE_ENV: "production" }, /secret[\s\S]*SECRET_KEY_BASE/],
      [{ PORT: "0", REDIS_URL: "redis://127.0.0.1:1" }, /store cannot be reached[\s\S]*its server/],
    ]
    for (const [env, said] of wrong)
      await expect(start({ DATA_DIR: data, ...env })).rejects.toThrow(said)
  } finally {
    rmSync(data, { recursive: true })
  }
})

test("the same app runs on a PostgreSQL server, and what was written is there after kill -9", async ({
  browser,
  complaints,
}) => {
  const postgres = await startPostgres()
  const data = dataDirectory()
  try {
    const env = { DATABASE_URL: postgres.url, DATA_DIR: data, PORT: "0" }
    const first = await start(env)
    const context = await browser.newContext({ baseURL: first.url })
    complaints.watch(context)
    const page = await context.newPage()
    await callMe(page, "Grace", "/articles/two-windows")
    await connected(page)
    await page.getByLabel("Your comment").fill("On a server of its own.")
    await page.getByRole("button", { name: "Post" }).click()
    await expect(page.locator("#comments")).toContainText("On a server of its own.")
    complaints.serverIsDown = true
    await first.kill()
    const second = await start(env)
    await page.goto(`${second.url}/articles/two-windows`)
    await expect(page.locator("#comments")).toContainText("On a server of its own.")
    await context.close()
    expect(await second.stop()).toBe(0)
  } finally {
    await postgres.stop()
    rmSync(data, { recursive: true, force: true })
  }
})

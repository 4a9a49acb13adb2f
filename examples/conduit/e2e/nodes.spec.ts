import { rmSync } from "node:fs"
import { startPostgres, startRedis } from "bennu-testkit"
import { callMe, connected, expect, open, test } from "./fixtures.ts"
import { dataDirectory, start } from "./server.ts"

test("a comment reaches readers on another node, also after Redis was gone for a while", async ({
  browser,
  complaints,
}) => {
  const redis = await startRedis()
  test.skip(redis === undefined, "there is no redis-server")
  if (redis === undefined) return
  const postgres = await startPostgres()
  const data = dataDirectory()
  const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, DATA_DIR: data, PORT: "0" }
  try {
    const [here, there] = [await start(env), await start(env)]
    const page = await browser.newPage({ baseURL: here.url })
    const other = await browser.newPage({ baseURL: there.url })
    for (const each of [page, other]) complaints.watch(each.context())
    const article = "/articles/two-windows"
    await callMe(page, "Grace", article)
    await connected(page)
    await open(other, article)
    const say = async (text: string) => {
      await page.getByLabel("Your comment").fill(text)
      await page.getByRole("button", { name: "Post" }).click()
      await expect(page.locator("#comments")).toContainText(text)
    }
    await say("From one node to another.")
    await expect(other.locator("#comments")).toContainText("From one node to another.")

    await redis.kill()
    await say("Only this node hears it.")
    await redis.start()
    // topics come back by themselves; what was said meanwhile comes with the next look at the database
    await expect(async () => {
      await say(`Hello again, ${Date.now()}.`)
      await expect(other.locator("#comments")).toContainText("Hello again", { timeout: 1_000 })
    }).toPass({ timeout: 60_000 })
    await expect(other.locator("#comments")).toContainText("Only this node hears it.")
    complaints.serverIsDown = true
    expect(await Promise.all([here.stop(), there.stop()])).toEqual([0, 0])
  } finally {
    await Promise.all([redis.stop(), postgres.stop()])
    rmSync(data, { recursive: true, force: true })
  }
})

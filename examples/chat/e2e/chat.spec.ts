import { once } from "node:events"
import { connect } from "node:net"
import { join } from "node:path"
import { freePort, type RunningApp, startApp, startProgram, startRedis } from "bennu-testkit"
import { type Browser, expect, type Page, test } from "playwright/test"

const node = join(import.meta.dirname, "../src/node.ts")
const main = join(import.meta.dirname, "../src/main.ts")

async function enter(
  browser: Browser,
  { url }: Pick<RunningApp, "url">,
  name: string,
  complaints: string[] = [],
): Promise<Page> {
  const context = await browser.newContext({ baseURL: url })
  context.on("weberror", (error) => complaints.push(error.error().message))
  context.on("console", (message) => message.type() === "error" && complaints.push(message.text()))
  const page = await context.newPage()
  await page.goto("/?room=garden")
  await page.getByLabel("Your name").fill(name)
  await page.getByRole("button", { name: "Enter" }).click()
  await expect(page.getByRole("status")).toHaveText("connected")
  return page
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text)
  await page.getByRole("button", { name: "Send" }).click()
}

const log = (page: Page) => page.getByRole("log")
const people = (page: Page) => page.locator("#present li")

test("two people talk, see each other, and find back when their server was killed", async ({
  browser,
}) => {
  const env = { PORT: String(await freePort()) }
  const app = await startApp(node, env)
  const complaints: string[] = []
  const ada = await enter(browser, app, "Ada", complaints)
  const bob = await enter(browser, app, "<b>Bob</b>", complaints)
  await expect(people(ada)).toHaveText([/<b>Bob<\/b>/, /Ada \(you\)/])
  await say(ada, "Hello <i>there</i>")
  await expect(log(bob)).toContainText("Hello <i>there</i>")
  await bob.getByLabel("Message", { exact: true }).fill("H")
  await expect(ada.getByText("<b>Bob</b> is typing…")).toBeVisible()
  expect(complaints).toEqual([])

  await app.kill()
  await expect(ada.getByRole("status")).toContainText("connection lost")
  const again = await startApp(node, env)
  for (const page of [ada, bob]) {
    await expect(page.getByRole("status")).toHaveText("connected")
    // what the killed server had kept is gone with it, and they are told so
    await expect(log(page)).toContainText("You were away")
  }
  await say(bob, "Back again")
  await expect(log(ada)).toContainText("Back again")
  await expect(people(ada)).toHaveCount(2)
  await bob.context().close()
  await expect(people(ada)).toHaveText([/Ada/])
  await ada.context().close()
  expect(await again.stop()).toBe(0)
})

test("two nodes are one room, and who is on the one that is killed turns up on it again", async ({
  browser,
}) => {
  const redis = await startRedis()
  test.skip(redis === undefined, "there is no redis-server")
  if (redis === undefined) return
  const env = { PORT: String(await freePort()), REDIS_URL: redis.url }
  const here = await startApp(node, env)
  const there = await startApp(node, { ...env, PORT: "0" })
  try {
    const ada = await enter(browser, here, "Ada")
    const bob = await enter(browser, there, "Bob")
    for (const page of [ada, bob]) await expect(people(page)).toHaveText([/Ada/, /Bob/])
    await say(ada, "Can you hear me?")
    await expect(log(bob)).toContainText("Can you hear me?")

    await here.kill()
    await expect(ada.getByRole("status")).toContainText("connection lost")
    const again = await startApp(node, env)
    await expect(ada.getByRole("status")).toHaveText("connected")
    await say(bob, "Welcome back")
    await expect(log(ada)).toContainText("Welcome back")
    await expect(people(bob)).toHaveText([/Ada/, /Bob/], { timeout: 60_000 })
    await Promise.all([ada, bob].map((page) => page.context().close()))
    expect(await Promise.all([again.stop(), there.stop()])).toEqual([0, 0])
  } finally {
    await redis.stop()
  }
})

test("it can be read on a phone, in the dark and by the keyboard alone", async ({ browser }) => {
  const app = await startApp(node, { PORT: "0" })
  const context = await browser.newContext({
    baseURL: app.url,
    viewport: { width: 360, height: 640 },
    colorScheme: "dark",
  })
  const page = await context.newPage()
  await page.goto("/")
  await page.keyboard.type("Ada")
  await page.keyboard.press("Enter")
  await expect(page.getByRole("status")).toHaveText("connected")
  await page.keyboard.type("from a phone")
  await page.keyboard.press("Enter")
  await expect(log(page)).toContainText("from a phone")
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(360)
  await context.close()
  expect(await app.stop()).toBe(0)
})

/** The one command: a Redis and two nodes, where there is room for them. */
async function startChat() {
  const chat = await startProgram(process.execPath, {
    args: ["--conditions=@bennu/source", main],
    env: { PORT: "0", NODE_ENV: "development" },
    ready: /Redis is at (\S+)[\s\S]*Chat is at (\S+)[\s\S]*Chat is at (\S+)\n/,
    readyTimeout: "2m",
    stopTimeout: "2m",
  })
  const [, redis = "", here = "", there = ""] = chat.said ?? []
  return { chat, redis, here, there }
}

test("one command starts two nodes that are one chat, and stops them", async ({ browser }) => {
  const { chat, here, there } = await startChat()
  const ada = await enter(browser, { url: here }, "Ada")
  const bob = await enter(browser, { url: there }, "Bob")
  await expect(log(ada)).toContainText("Bob came in")
  await say(bob, "From next door")
  await expect(log(ada)).toContainText("From next door")
  await bob.context().close()
  await expect(log(ada)).toContainText("Bob left")
  await ada.context().close()
  expect((await chat.stop()).code).toBe(0)
})

test("what the one command has started ends with it when it is killed", async () => {
  const { chat, ...urls } = await startChat()
  const up = () => Promise.all(Object.values(urls).map(isListening))
  expect(await up()).toEqual([true, true, true])
  await chat.kill()
  await expect.poll(up, { timeout: 60_000 }).toEqual([false, false, false])
})

async function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const listens = await once(socket, "connect").then(
    () => true,
    () => false,
  )
  socket.destroy()
  return listens
}

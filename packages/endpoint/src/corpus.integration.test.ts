import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { Agent, request } from "node:http"
import { connect } from "node:net"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type HostileCase, hostile } from "../fixtures/hostile.ts"

let server: ChildProcess
let port = 0
/** Somebody else, whose one connection has to live through all of it. */
const bystander = new Agent({ keepAlive: true, maxSockets: 1 })

beforeAll(async () => {
  const file = fileURLToPath(new URL("../fixtures/hostile-server.ts", import.meta.url))
  const execArgv = ["--conditions=@bennu/source", "--max-old-space-size=48"]
  server = fork(file, { execArgv, serialization: "advanced" })
  const [ready] = await once(server, "message")
  port = ready.port
})
afterAll(async () => {
  bystander.destroy()
  server.kill()
  await once(server, "exit")
})

/** All that comes back until the server closes, as far as that can be told. */
function send(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
    const answer: Buffer[] = []
    socket.on("data", (chunk) => answer.push(chunk))
    // a server that closes while we still write resets the connection: that is its right
    socket.on("error", () => {})
    socket.on("close", () => resolve(Buffer.concat(answer).toString("latin1")))
    socket.write(Buffer.from(bytes, "latin1"))
  })
}

/** Asks for the first page. */
async function ask(): Promise<string> {
  const asked = request({ port, agent: bystander }).end()
  const [response] = await once(asked, "response")
  return `${response.statusCode} ${await text(response)}`
}

const answersOf = (answer: string): readonly number[] =>
  Array.from(answer.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) => Number(status))

const kinds = new Map<string, HostileCase[]>()
for (const each of hostile) kinds.set(each.kind, [...(kinds.get(each.kind) ?? []), each])

describe.each([...kinds])("a hostile request: %s", (_, cases) => {
  it.concurrent.each(cases.map((each) => [each.name, each] as const))(
    "%s",
    async (_, { bytes, expect: expected }) => {
      const [answer, others] = await Promise.all([send(bytes), ask()])
      // one answer: nothing behind it was taken for a request
      expect(answersOf(answer)).toEqual(expected === "close" ? [] : [expected])
      expect(answer).not.toContain("the secret")
      expect(answer).not.toMatch(/^(?:set-cookie|location):.*(?:evil|a=b)/im)
      expect(others).toBe("200 hello")
    },
    // a million chunks are seconds of work, and a busy machine takes its time
    120_000,
  )
})

describe("the server behind it", () => {
  it("lives, in little memory", async () => {
    server.send("memory")
    const [{ rss }] = await once(server, "message")
    expect(rss).toBeLessThan(400 * 2 ** 20)
    expect(server.exitCode).toBeNull()
    expect(await ask()).toBe("200 hello")
  })
})

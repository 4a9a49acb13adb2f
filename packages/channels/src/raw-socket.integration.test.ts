import { readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { RawClient } from "../fixtures/raw-client.ts"
import { visited } from "../fixtures/visited.ts"

let server: Awaited<ReturnType<typeof visited>>
beforeAll(async () => {
  server = await visited()
})
afterAll(() => server[Symbol.asyncDispose]())

const target = (query: string) => `GET /socket/websocket?${query} HTTP/1.1`

async function open(request?: readonly string[]): Promise<RawClient> {
  const client = await RawClient.connect(server.url, request)
  if (!(client instanceof RawClient)) throw new Error(`refused with ${client.status}`)
  return client
}

async function refused(...request: readonly string[]) {
  const answer = await RawClient.connect(server.url, request)
  if (answer instanceof RawClient) throw new Error("let in")
  return answer
}

/** Sends what begins with an arrow to the right, and expects all else, in order. */
async function speak(client: RawClient, dialogue: readonly string[]): Promise<void> {
  for (const line of dialogue) {
    if (line.startsWith("> ")) client.send(line.slice(2))
    else expect(await client.next()).toBe(line)
  }
}

const joined = (topic: string) => [
  `> ["1","1","${topic}","phx_join",{}]`,
  `["1","1","${topic}","phx_reply",{"status":"ok","response":{"topic":"${topic}"}}]`,
]

describe("1. Endpoints and handshake, to a foreign client", () => {
  it("lets in with 101 and without a subprotocol", async () => {
    using _client = await open()
  })

  it.each([
    ["another version", [target("vsn=1.0.0")], 403],
    ["no version", [target("")], 403],
    ["a foreign origin", [target("vsn=2.0.0"), "origin: https://evil.example"], 403],
    ["another method", ["POST /socket/websocket?vsn=2.0.0 HTTP/1.1"], 400],
    ["a refusal of connect", [target("deny=403&vsn=2.0.0")], 403],
  ])("answers %s with its status and nothing more", async (_, request, status) => {
    expect(await refused(...request)).toMatchObject({ status, body: "" })
  })

  it("answers with what connect says, where it says more", async () => {
    expect(await refused(target("deny=429&because=denied&vsn=2.0.0"))).toMatchObject({
      status: 429,
      body: "denied",
    })
  })

  it("decodes nested parameters and leaves out empty ones", async () => {
    using client = await open([target("a%5Bb%5D=1&&c[0]=x&n=&vsn=2.0.0")])
    client.send('["1","1","who","phx_join",{}]')
    const [, , , , { response }] = JSON.parse(String(await client.next()))
    expect(response.params).toEqual({ a: { b: "1" }, c: { 0: "x" }, n: "", vsn: "2.0.0" })
  })

  it("takes the auth token from a subprotocol", async () => {
    const token = "base64url.bearer.phx.czM+eA"
    using client = await open([target("vsn=2.0.0"), `sec-websocket-protocol: phoenix, ${token}`])
    client.send('["1","1","who","phx_join",{}]')
    const [, , , , { response }] = JSON.parse(String(await client.next()))
    expect(response.authToken).toBe("s3>x")
  })
})

describe("2. Messages, of a foreign client", () => {
  it("have refs that come back as they were, and elements that are ignored", async () => {
    using client = await open()
    await speak(client, [
      '> ["j-4","r:4","room:1","phx_join",{},"more",1]',
      '["j-4","r:4","room:1","phx_reply",{"status":"ok","response":{"topic":"room:1"}}]',
      '> ["j-4","00012","room:1","echo",{"a":[1,"2"]}]',
      '["j-4","00012","room:1","phx_reply",{"status":"ok","response":{"a":[1,"2"]}}]',
      '> ["j-4","13","room:1","any",null]',
      '["j-4","13","room:1","phx_reply",{"status":"ok","response":{"got":null}}]',
      '> ["j-4","14","room:1","push",{}]',
      '["j-4",null,"room:1","pushed",{}]',
      '> ["j-4","15","room:1","shout",{"n":1}]',
      '[null,null,"room:1","shouted",{"n":1}]',
    ])
  })
})

describe("3. Binary frames, of a foreign client", () => {
  const text = (part: string) => [...Buffer.from(part)]
  const push = (event: string, ...payload: readonly number[]) =>
    Uint8Array.from([0, 1, 2, 8, event.length, ...text("112room:bin"), ...text(event), ...payload])

  it("have the layouts of push, reply and broadcast", async () => {
    using client = await open()
    await speak(client, joined("room:bin"))
    client.send(push("echo", 1, 2))
    expect(await client.next()).toEqual(
      Uint8Array.from([1, 1, 2, 8, 2, ...text("112room:binok"), 1, 2]),
    )
    client.send(push("push", 3))
    expect(await client.next()).toEqual(
      Uint8Array.from([0, 1, 8, 6, ...text("1room:binpushed"), 3]),
    )
    client.send(push("shout", 4))
    expect(await client.next()).toEqual(Uint8Array.from([2, 8, 7, ...text("room:binshouted"), 4]))
  })
})

describe("4. Channel lifecycle, of a foreign client", () => {
  it("4.1 Join", async () => {
    using client = await open()
    await speak(client, [
      '> ["1","1","room:a","phx_join",{"refuse":true}]',
      '["1","1","room:a","phx_reply",{"status":"error","response":{"reason":"private"}}]',
      '> ["2","2","zzz:1","phx_join",{}]',
      '[null,"2","zzz:1","phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}]',
      '> ["3","3","room:a","phx_join",{"crash":true}]',
      '["3","3","room:a","phx_reply",{"status":"error","response":{"reason":"join crashed"}}]',
      '> [null,"4","room:a","phx_join",{}]',
      '["4","4","room:a","phx_reply",{"status":"ok","response":{"topic":"room:a"}}]',
      '> ["5","5","room:a","phx_join",{}]',
      '["4","4","room:a","phx_close",{}]',
      '["5","5","room:a","phx_reply",{"status":"ok","response":{"topic":"room:a"}}]',
    ])
  })

  it("4.2 Pushes from the client", async () => {
    using client = await open()
    await speak(client, [
      ...joined("room:b"),
      '> ["1","2","room:b","status",{"status":"later"}]',
      '["1","2","room:b","phx_reply",{"status":"later","response":{}}]',
      '> [null,"3","room:b","echo",{}]',
      '["1","3","room:b","phx_reply",{"status":"ok","response":{}}]',
      '> ["0","4","room:b","echo",{}]',
      '> [null,"5","room:none","echo",{}]',
      '[null,"5","room:none","phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}]',
    ])
  })

  it("4.3 Leave", async () => {
    using client = await open()
    await speak(client, [
      ...joined("room:c"),
      '> ["1","2","room:c","phx_leave",{}]',
      '["1","2","room:c","phx_reply",{"status":"ok","response":{}}]',
      '["1","1","room:c","phx_close",{}]',
      '> [null,"3","lv:","phx_leave",{}]',
      '[null,"3","lv:","phx_reply",{"status":"ok","response":{}}]',
    ])
  })

  it("4.4 Server-initiated end", async () => {
    using client = await open()
    await speak(client, [
      ...joined("room:d"),
      '> ["1","2","room:d","stop",{}]',
      '["1","1","room:d","phx_close",{}]',
      ...joined("room:d"),
      '> ["1","2","room:d","crash",{}]',
      '["1","1","room:d","phx_error",{"reason":"channel_crash"}]',
    ])
  })
})

describe("5. Heartbeats and close codes, of a foreign client", () => {
  it("answers heartbeats before any join", async () => {
    using client = await open()
    await speak(client, [
      '> [null,"1","phoenix","heartbeat",{}]',
      '[null,"1","phoenix","phx_reply",{"status":"ok","response":{}}]',
    ])
  })

  it.each([
    ["text that is no frame", "hello", 1011],
    ["bytes that are no frame", Uint8Array.from([9, 9]), 1011],
    ["a frame too large", `["1","1","room:1","phx_join",{"x":"${"x".repeat(65_536)}"}]`, 1009],
  ])("closes for %s, and others notice nothing", async (_, frame, code) => {
    using other = await open()
    await speak(other, joined("room:e"))
    using client = await open()
    client.send(frame)
    expect(await client.closed).toBe(code)
    await speak(other, [
      '> ["1","2","room:e","echo",{}]',
      '["1","2","room:e","phx_reply",{"status":"ok","response":{}}]',
    ])
  })
})

describe("6. Socket id and forced disconnect, of a foreign client", () => {
  it("closes with 1001", async () => {
    using client = await open([target("id=users:1&vsn=2.0.0")])
    await speak(client, [...joined("room:f"), '> ["1","2","room:f","disconnect",{"id":"users:1"}]'])
    expect(await client.closed).toBe(1001)
  })
})

describe("8. Presence, of a foreign client", () => {
  it("has frames of the shape that a Phoenix server was recorded with", async () => {
    using client = await open()
    client.send('["1","1","lobby:raw","phx_join",{"name":"alice"}]')
    const own = [await client.next(), await client.next(), await client.next()].map(shapeOf)
    expect(own.toSorted()).toEqual(
      ["phx_reply", "presence_diff", "presence_state"].map(recordedShape).toSorted(),
    )
    client.send('["1","2","lobby:raw","status",{"status":"away"}]')
    const changed = [await client.next(), await client.next()].map(shapeOf)
    expect(changed.toSorted()).toEqual(["phx_reply", "phx_ref_prev"].map(recordedShape).toSorted())
  })
})

interface Recorded {
  readonly who?: string
  readonly dir?: "in" | "out"
  readonly text?: string
}

const { frames }: { readonly frames: readonly Recorded[] } = JSON.parse(
  readFileSync(new URL("../fixtures/presence.json", import.meta.url), "utf8"),
)

/** The shape of the first frame to alice that has this in it. */
function recordedShape(part: string): string {
  const found = frames.find(({ dir, who, text }) => dir === "in" && !who && text?.includes(part))
  return shapeOf(found?.text ?? "")
}

/** Keys in order, and of values only what they are; `phx_reply` to whatever ref. */
const shapeOf = (frame: string | Uint8Array): string =>
  JSON.stringify(JSON.parse(String(frame)), (key, value) => {
    if (Array.isArray(value) || key === "event") return value
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(
        Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)),
      )
    }
    if (key === "1" || key === "2" || key.startsWith("phx_ref")) return typeof value
    return value
  })

describe("7. Long polling, of a foreign client", () => {
  const ask = async (query: string, init: RequestInit = {}) => {
    const url = `${server.url.replace("ws:", "http:")}/longpoll?${query}`
    const answer = await fetch(url, init)
    return { http: answer.status, headers: answer.headers, ...Object(await answer.json()) }
  }

  it("opens with 410, takes lines, and answers with what waits", async () => {
    const { http, headers, status, token, messages } = await ask("vsn=2.0.0&")
    expect({ http, status, messages }).toEqual({ http: 200, status: 410, messages: [] })
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8")
    expect(headers.get("access-control-allow-origin")).toBe("*")
    expect(headers.get("cache-control")).toBe("no-store")
    const body = '["1","1","room:p","phx_join",{}]\n["1","2","room:p","echo",{}]\r\n'
    const type = { "content-type": "application/x-ndjson" }
    const posted = await ask("vsn=2.0.0", {
      method: "POST",
      body,
      headers: { ...type, "x-phoenix-longpoll-token": token },
    })
    expect(posted.status).toBe(200)
    expect(await ask(`vsn=2.0.0&token=${token}`)).toMatchObject({
      status: 200,
      token,
      messages: [
        '["1","1","room:p","phx_reply",{"status":"ok","response":{"topic":"room:p"}}]',
        '["1","2","room:p","phx_reply",{"status":"ok","response":{}}]',
      ],
    })
    expect(await ask(`vsn=2.0.0&token=${token}`)).toMatchObject({ status: 204, messages: [] })
    expect(await ask("vsn=2.0.0&token=unknown", { method: "POST" })).toMatchObject({ status: 410 })
  })

  it("refuses a foreign origin with 403 within 200", async () => {
    const headers = { origin: "https://evil.example" }
    expect(await ask("vsn=2.0.0", { headers })).toMatchObject({ http: 200, status: 403 })
  })
})

describe("9. Session over the socket, of a foreign client", () => {
  const userOf = async (query: string, ...headers: readonly string[]) => {
    using client = await open([target(`${query}&vsn=2.0.0`), ...headers])
    client.send('["1","1","who","phx_join",{}]')
    const [, , , , { response }] = JSON.parse(String(await client.next()))
    return response.user
  }

  it("is there with the cookie and a token of its pages, and absent with one of the two", async () => {
    const { cookie, token } = server.page
    const kept = `cookie: ${cookie.split(";")[0]}`
    expect(await userOf(`_csrf_token=${token}`, kept)).toBe("ada")
    expect(await userOf(`_csrf_token=${token}`)).toBeNull()
    expect(await userOf("a=1", kept)).toBeNull()
    expect(await userOf(`_csrf_token=${token.slice(0, -1)}`, kept)).toBeNull()
    expect(await userOf(`_csrf_token[a]=${token}`, kept)).toBeNull()
  })
})

import { describe, expect, it } from "vitest"
import { parseJson, readBody } from "../parsers.ts"

const request = (
  body: string | Uint8Array<ArrayBuffer>,
  type: string | null,
  headers: Record<string, string> = {},
) => {
  const made = new Request("http://localhost/", { method: "POST", body, headers })
  // a Request made of text brings a type of its own
  made.headers.delete("content-type")
  if (type !== null) made.headers.set("content-type", type)
  return made
}
const status = (status: number) => expect.objectContaining({ status })

describe("readBody", () => {
  it("reads JSON, forms and text of a plain Request", async () => {
    expect(await readBody(request('{"a":[1]}', "application/json"))).toEqual({
      format: "json",
      value: { a: [1] },
    })
    expect(await readBody(request("1", "application/vnd.api+json; charset=utf-8"))).toEqual({
      format: "json",
      value: 1,
    })
    expect(await readBody(request("a[b]=1", "application/x-www-form-urlencoded"))).toMatchObject({
      format: "form",
      value: { a: { b: "1" } },
    })
    expect(await readBody(request("hi", 'text/plain; charset="UTF-8"'))).toEqual({
      format: "text",
      value: "hi",
    })
  })
  it("finds nothing in an empty body, whatever it is called", async () => {
    expect(await readBody(new Request("http://localhost/"))).toEqual({
      format: "none",
      value: undefined,
    })
    expect(await readBody(request("", "application/json"))).toEqual({
      format: "none",
      value: undefined,
    })
  })
  it.each([
    "application/json\ta",
    "application/json, text/plain",
    "application/json;charset",
    "text/json",
    "text/html",
    "multipart/form-data; boundary=x",
    "application/json; charset=latin1",
    "application/json; charset=utf-16",
    "x",
    null,
  ])("answers 415 to the type %j", async (type) => {
    await expect(readBody(request("{}", type))).rejects.toEqual(status(415))
  })
  it("answers 415 to what is compressed", async () => {
    await expect(
      readBody(request("{}", "application/json", { "content-encoding": "gzip" })),
    ).rejects.toEqual(status(415))
  })
  it.each(["{", "{a:1}", "[1,]", "\u0000", "NaN", "'a'", '{"a":1}x'])(
    "answers 400 to %j",
    async (text) => {
      await expect(readBody(request(text, "application/json"))).rejects.toEqual(status(400))
    },
  )
  it("answers 400 to what is not UTF-8", async () => {
    const bytes = Uint8Array.of(0x22, 0xff, 0x22)
    await expect(readBody(request(bytes, "application/json"))).rejects.toEqual(status(400))
    await expect(readBody(request(bytes, "text/plain"))).rejects.toEqual(status(400))
  })
  it("reads up to its limit and no byte more", async () => {
    expect(
      await readBody(request('"12345678"', "application/json"), { maxBytes: 10 }),
    ).toMatchObject({ value: "12345678" })
    await expect(
      readBody(request('"123456789"', "application/json"), { maxBytes: 10 }),
    ).rejects.toEqual(status(413))
    const announced = request("1", "application/json", { "content-length": "1048577" })
    await expect(readBody(announced)).rejects.toEqual(status(413))
  })
  it("puts together what comes in single bytes", async () => {
    const dripping = (size: number) => {
      let left = size
      const stream = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (left-- > 0) controller.enqueue(Uint8Array.of(0x61))
          else controller.close()
        },
      })
      return new Request("http://localhost/", {
        method: "POST",
        body: stream,
        duplex: "half",
        headers: { "content-type": "text/plain" },
      })
    }
    expect(await readBody(dripping(5000), { maxBytes: 5000 })).toEqual({
      format: "text",
      value: "a".repeat(5000),
    })
    await expect(readBody(dripping(5001), { maxBytes: 5000 })).rejects.toEqual(status(413))
  })
  it("stops reading a stream that goes on for ever", async () => {
    let chunks = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks++
        controller.enqueue(new Uint8Array(1024))
      },
    })
    const made = new Request("http://localhost/", {
      method: "POST",
      body: endless,
      duplex: "half",
      headers: { "content-type": "text/plain" },
    })
    await expect(readBody(made, { maxBytes: 10_240 })).rejects.toEqual(status(413))
    expect(chunks).toBeLessThan(20)
  })
})

describe("parseJson", () => {
  it("bounds how deep JSON nests", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth)
    expect(parseJson(nested(64))).toBeInstanceOf(Array)
    expect(() => parseJson(nested(65))).toThrow(status(413))
    expect(() => parseJson('{"a":'.repeat(100_000))).toThrow(status(413))
    expect(parseJson(`["${"[".repeat(100)}\\"${"[".repeat(100)}"]`)).toHaveLength(1)
  })
  it.each([
    '{"__proto__":{"admin":true}}',
    '{"a":[{"__proto__":1}]}',
    '{"__pro\\u0074o__":1}',
    '{"\\u005f_proto__":1}',
  ])("refuses %s", (text) => {
    expect(() => parseJson(text)).toThrow(status(400))
  })
  it("takes __proto__ in a text for a text", () => {
    expect(parseJson('{"a":"__proto__"}')).toEqual({ a: "__proto__" })
  })
})

import { fileURLToPath } from "node:url"
import { visitor } from "@bennu/plug/testing"
import { runtime, startProgram } from "bennu-testkit"
import { afterAll, describe, expect, it } from "vitest"
import { fetch as here } from "../fixtures/fetch-app.ts"

const script = fileURLToPath(new URL("../fixtures/fetch-server.ts", import.meta.url))
const condition = "--conditions=@bennu/source"
const runtimes = [
  { name: "Bun", command: runtime("bun"), args: [condition, script] },
  {
    name: "Deno",
    command: runtime("deno"),
    args: ["run", condition, "--allow-all", "--node-modules-dir=manual", script],
  },
]

describe.each(runtimes)("fetchEndpoint in $name", ({ command, args }) => {
  const started =
    command === undefined
      ? undefined
      : startProgram(command, { args, ready: /at (http\S+)\n/, readyTimeout: "60s" })
  afterAll(async () => (await started)?.kill())

  it.skipIf(started === undefined)("answers as it does in Node.js", async () => {
    const origin = (await started)?.said?.[1] ?? ""
    const headers = { "accept-encoding": "identity" }
    const there = visitor(origin, { headers })
    const node = visitor(
      { fetch: (request) => here(request, { remoteAddress: "127.0.0.1" }) },
      { origin, headers },
    )
    const form = { form: { title: "<Ship it>" } }
    for (const [verb, path, sending] of [
      ["get", "/"],
      ["get", "/streamed"],
      ["get", "/titles/none"],
      ["post", "/titles", form],
      ["get", "/titles/a%20b"],
      ["post", "/titles", { ...form, headers: { "sec-fetch-site": "cross-site" } }],
      ["post", "/titles", { json: { title: 1 } }],
      ["post", "/echo", { body: "x".repeat(1_000) }],
      ["post", "/echo", { body: "x".repeat(1_001) }],
      ["get", "/who"],
      ["get", "/crash"],
      ["get", "/nowhere"],
      ["del", "/titles"],
      ["get", "/a%2fb"],
      ["get", "/assets/app.css"],
      ["get", "/assets/%2e%2e%2fpackage.json"],
      ["get", "/readyz"],
    ] as const) {
      const [theirs, ours] = await Promise.all([
        there[verb](path, sending),
        node[verb](path, sending),
      ])
      expect([path, theirs.status, comparable(theirs.text)]).toEqual([
        path,
        ours.status,
        comparable(ours.text),
      ])
      for (const name of ["content-type", "x-content-type-options", "location"]) {
        expect([path, name, theirs.headers.get(name)]).toEqual([path, name, ours.headers.get(name)])
      }
    }
    expect([...there.cookies.keys()]).toEqual([...node.cookies.keys()])
    const packed = await fetch(origin, { headers: { "accept-encoding": "br" } })
    expect(packed.headers.get("content-encoding")).toBe("br")
    expect(await packed.text()).toContain("&lt;hello&gt;")
  })
})

/** Without what is another each time. */
const comparable = (text: string): string =>
  text.replace(/nonce="[^"]*"/g, "").replace(/Reference [\w-]+/, "")

import { describe, expect, it } from "vitest"
import { appFolder } from "../testing/app-folder.ts"

const router = new URL("../../../router/src/index.ts", import.meta.url).href
const app = (config = "router: () => appRouter") =>
  appFolder({
    "src/router.ts": `import { forward, match, paths, route, router } from "${router}"
const path = paths({ home: "/", post: "/posts/:id", feed: "GET /feeds/:format" }, { oneOf: { format: ["atom", "json"] } })
function showHome() {}
export const appRouter = router(
  route("GET", path.home, showHome),
  match(["GET", "POST"], path.post, function post() {}),
  route("GET", path.feed, () => {}),
  forward("/admin", function admin() {}, { host: "admin.example.com" }),
)
`,
    "bennu.config.ts": `import { appRouter } from "./src/router.ts"
export default { ${config} }
`,
  })

describe("bennu routes", () => {
  it("prints verb, address, handler, and the line that declares it", async () => {
    using folder = app()
    expect(await folder.bennu("routes")).toEqual({
      code: 0,
      err: "",
      out: `GET   /                          showHome  src/router.ts:5
GET   /posts/:id                 post      src/router.ts:6
POST  /posts/:id                 post      src/router.ts:6
GET   /feeds/:format                       src/router.ts:7
*     admin.example.com/admin    admin     src/router.ts:8
*     admin.example.com/admin/*  admin     src/router.ts:8
`,
    })
  })

  it("prints those that hold a text, or answer a verb", async () => {
    using folder = app()
    const lines = async (...args: readonly string[]) =>
      (await folder.bennu("routes", ...args)).out.split("\n").slice(0, -1)
    expect(await lines("posts")).toHaveLength(2)
    expect(await lines("showHome")).toEqual(["GET  /  showHome  src/router.ts:5"])
    expect(await lines("router.ts:8")).toHaveLength(2)
    expect(await lines("--verb", "post")).toHaveLength(3)
    expect(await lines("--verb", "HEAD")).toHaveLength(5)
    expect(await lines("posts", "--verb", "POST")).toHaveLength(1)
  })

  it("tells who answers an address", async () => {
    using folder = app()
    const ask = (...args: readonly string[]) => folder.bennu("routes", "--for", ...args)
    expect((await ask("/posts/7?page=2")).out).toBe("GET  /posts/:id  post  src/router.ts:6\n")
    expect((await ask("/posts/7", "--verb", "POST")).out).toContain("POST  /posts/:id")
    expect((await ask("/admin/x", "--host", "admin.example.com")).out).toContain("/admin/*")
  })

  it("ends with 1, and says why, where none is found", async () => {
    using folder = app()
    const ask = (...args: readonly string[]) => folder.bennu("routes", ...args)
    const found = { code: 1, out: "" }
    expect(await ask("nowhere")).toEqual({ ...found, err: "there is no such route\n" })
    expect(await ask("--for", "/admin/x")).toEqual({ ...found, err: "nothing answers /admin/x\n" })
    expect(await ask("--for", "/posts/7", "--verb", "PUT")).toEqual({
      ...found,
      err: "/posts/7 answers GET, HEAD, POST only\n",
    })
  })

  it("prints JSON for programs", async () => {
    using folder = app()
    const { out } = await folder.bennu("routes", "feeds", "--format", "json")
    expect(JSON.parse(out)).toEqual([
      {
        verb: "GET",
        host: null,
        pattern: "/feeds/:format",
        oneOf: { format: ["atom", "json"] },
        handler: "",
        place: "src/router.ts:7",
      },
    ])
    const none = await folder.bennu("routes", "nowhere", "--format", "json")
    expect([none.code, none.out]).toEqual([1, "[]\n"])
  })

  it.each([
    ["", "tells of no router"],
    ["router: async () => 1", "makes no router"],
    ["router: appRouter", "is no function"],
  ])("says what is missing where the configuration is { %s }", async (config, said) => {
    using folder = app(config)
    const { code, err } = await folder.bennu("routes")
    expect(code).toBe(2)
    expect(err).toContain(said)
  })
})

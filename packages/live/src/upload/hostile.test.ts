import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { browser, liveView, root, type Scope, secret, startPubSub } from "../../fixtures/app.ts"
import { get, joinPayload, Wire } from "../../fixtures/wire.ts"
import {
  byChannel,
  eventRefused,
  type LiveView,
  live,
  liveFileInput,
  liveSocket,
  uploadRefused,
} from "../index.ts"
import { liveTokens } from "../tokens.ts"

const filesOf = (chunkSize?: number, maxEntries = 1) =>
  liveView({
    public: true,
    uploads: {
      files: {
        accept: ["image/*", ".txt"],
        maxEntries,
        maxFileSize: 100,
        autoUpload: true,
        chunkSize,
      },
    },
    events: { choose: {}, cancel: {}, hurry: {} },
    handleEvent: {
      choose() {},
      cancel: (socket) => socket.cancelUpload("files", "0"),
      hurry: (socket) =>
        socket.allowUpload("files", {
          accept: "any",
          autoUpload: true,
          chunkTimeout: 20,
          writer: () => ({ stream: new WritableStream(), meta: null }),
        }),
    },
    render: (_, { choose }, { uploads: { files } }) =>
      html`<form phx-change="${choose}">${liveFileInput(files)}</form><p>${files.entries.length} ${files.errors.length}</p>`,
  })
const path = paths({ files: "/files" })
const routed = (view: LiveView<Scope, never>) =>
  router(scope("/", browser, { layout: root }, [live(path.files, view)]))
const app = routed(filesOf(undefined, 2))

/** A page of a socket: its view is joined. */
async function join(handler?: ReturnType<typeof liveSocket>, of = app) {
  const socket = handler ?? liveSocket({ router: of, pubsub: await startPubSub(), secret })
  const page = await get(of, "/files")
  const wire = await Wire.open(socket, page)
  const topic = `lv:${page.id}`
  const joined = await wire.ask(topic, "phx_join", joinPayload(page, "/files"))
  const ref = /data-phx-upload-ref=\\"(phx-[^"\\]+)/.exec(JSON.stringify(joined))?.[1] ?? ""
  const ask = (event: string, payload: unknown) => wire.ask(topic, event, payload, "1")
  const choose = (uploads: unknown) =>
    ask("event", { type: "form", event: "choose", value: "", meta: {}, uploads })
  return { socket, page, wire, ask, choose, ref }
}
const entry = (ref: unknown, more: object = {}) => ({
  ref,
  name: "a.txt",
  size: 3,
  type: "",
  ...more,
})

/** Chooses files, and is given their tokens. */
async function tokens(
  { ask, ref }: Awaited<ReturnType<typeof join>>,
  ...entries: readonly object[]
) {
  const { response } = await ask("allow_upload", { ref, entries })
  return Object(response).entries as Readonly<Record<string, string>>
}
const answer = ({ status, response }: Readonly<Record<string, unknown>>) =>
  status === "ok" ? "ok" : Object(response).reason

describe("an upload topic", () => {
  it("that nobody was asked to join is refused, whatever is brought along", async () => {
    const told: string[] = []
    using _heard = uploadRefused.subscribe(({ reason }) => told.push(reason))
    const mine = await join()
    const { "0": token = "" } = await tokens(mine, entry("0"))
    const claims = { instance: "x", upload: mine.ref, entry: "0" }
    const forged = [
      ...[undefined, null, 1, "", {}, [], "x.y.z", `${token}x`, token.slice(1)],
      ...[mine.page.session, mine.page.csrf, liveTokens(secret).signStatus(200)],
      ...[liveTokens(secret).signUpload(claims), liveTokens("x".repeat(64)).signUpload(claims)],
    ]
    for (const one of forged) {
      expect(answer(await mine.wire.ask("lvu:0", "phx_join", { token: one }))).toBe("invalid_token")
    }
    expect(answer(await mine.wire.ask("lvu:0", "phx_join", null))).toBe("invalid_token")
    expect(told).toHaveLength(forged.length + 1)
    expect(answer(await mine.wire.ask("lvu:0", "phx_join", { token }))).toBe("ok")
  })

  it("is joined by the socket that asked, once, and no more once the file is cancelled", async () => {
    const mine = await join()
    const other = await join(mine.socket)
    const { "0": token, "1": second } = await tokens(mine, entry("0"), entry("1"))
    expect(answer(await other.wire.ask("lvu:0", "phx_join", { token }))).toBe("invalid_token")
    expect(answer(await mine.wire.ask("lvu:0", "phx_join", { token }))).toBe("ok")
    expect(answer(await mine.wire.ask("lvu:7", "phx_join", { token }))).toBe("already_registered")
    await mine.ask("event", { type: "click", event: "cancel", value: {} })
    expect(answer(await mine.wire.ask("lvu:7", "phx_join", { token }))).toBe("disallowed")
    mine.wire.send(`lv:${mine.page.id}`, "phx_leave", {}, "1")
    await mine.wire.wait(([, , , event]) => event === "phx_close")
    expect(answer(await mine.wire.ask("lvu:1", "phx_join", { token: second }))).toBe(
      "invalid_token",
    )
  })
})

describe("a file that is sent", () => {
  const send = async (
    chunks: (wire: Wire, join: string) => Promise<unknown>,
    goesOn = true,
    handler?: ReturnType<typeof liveSocket>,
  ) => {
    const mine = await join(handler)
    const { "0": token } = await tokens(mine, entry("0"))
    const ref = mine.wire.send("lvu:0", "phx_join", { token })
    await mine.wire.answerTo(ref)
    const answered = await chunks(mine.wire, ref)
    // the view is fine
    if (goesOn) expect(answer(await mine.choose({}))).toBe("ok")
    return { answered, mine }
  }
  const bytes = (text: string) => Buffer.from(text)

  it("ends beyond the size that it said", async () => {
    const { answered } = await send(async (wire, ref) => [
      await wire.bytes("lvu:0", "chunk", bytes("ab"), ref),
      await wire.bytes("lvu:0", "chunk", bytes("cd"), ref),
      await wire.bytes("lvu:0", "chunk", bytes("c"), ref),
    ])
    expect(answered).toEqual([
      { status: "ok", response: {} },
      { status: "error", response: { reason: "file_size_limit_exceeded", limit: 3 } },
      { status: "error", response: { reason: "unmatched topic" } },
    ])
  })

  it("comes one chunk at a time, as bytes", async () => {
    const { answered } = await send((wire, ref) => {
      wire.push("lvu:0", "chunk", bytes("a"), ref)
      return wire.bytes("lvu:0", "chunk", bytes("b"), ref)
    })
    expect(answered).toMatchObject({ status: "error" })
    const other = await send(async (wire, ref) => [
      await wire.ask("lvu:0", "chunk", { bytes: "abc" }, ref),
      await wire.bytes("lvu:0", "bytes", bytes("abc"), ref),
      await wire.bytes("lvu:0", "chunk", bytes("abc"), ref),
    ])
    expect(other.answered).toMatchObject([
      { status: "error" },
      { status: "error" },
      { status: "ok" },
    ])
  })

  it("is not there before it is there, whatever the page says", async () => {
    const mine = await join()
    const { "0": token } = await tokens(mine, entry("0"))
    const claim = (progress: unknown, more: object = {}) =>
      mine.ask("progress", { ref: mine.ref, entry_ref: "0", progress, ...more })
    for (const progress of [100, -1, 1e9, "100", null, [], {}, Number.MAX_VALUE])
      await claim(progress)
    await claim(100, { ref: "phx-other" })
    await claim(100, { entry_ref: "__proto__" })
    await claim(100, { cid: 1 })
    const { response } = await claim(100)
    expect(JSON.stringify(response)).not.toContain("done-refs")
    expect(token).toEqual(expect.any(String))
  })

  it("may begin anew as long as nothing of it has come", async () => {
    const mine = await join()
    const { "0": token } = await tokens(mine, entry("0"))
    const again = () => mine.wire.ask("lvu:0", "phx_join", { token })
    expect([answer(await again()), answer(await again())]).toEqual(["ok", "ok"])
  })

  it("is given up when nothing of it comes", async () => {
    const mine = await join()
    const { response } = await mine.ask("event", { type: "click", event: "hurry", value: {} })
    const [ref = ""] = /phx-[\w-]+/.exec(JSON.stringify(response)) ?? []
    const { "0": token } = await tokens({ ...mine, ref }, entry("0"))
    await mine.wire.ask("lvu:0", "phx_join", { token })
    await mine.wire.wait(([, , topic, event]) => topic === "lvu:0" && event === "phx_close")
    // a page that heard of it cannot answer before
    await new Promise((resolve) => setImmediate(resolve))
    expect(answer(await mine.wire.ask("lvu:0", "phx_join", { token }))).toBe("disallowed")
  })

  it.each([
    ["the largest that frames are anyway", 64_000, 65_536],
    ["as large as its chunks, and what stands before them", 100_000, 101_024],
  ])("has frames of a bounded size: %s", async (_, chunkSize, most) => {
    const handler = liveSocket({
      router: routed(filesOf(chunkSize)),
      pubsub: await startPubSub(),
      secret,
    })
    const closed = async (frame: number) => {
      const { mine } = await send(
        async (wire, ref) => {
          const head = 5 + ref.length + String(Number(ref) + 1).length + "lvu:0chunk".length
          wire.push("lvu:0", "chunk", Buffer.alloc(frame - head), ref)
        },
        false,
        handler,
      )
      return mine.wire.closes
    }
    expect(await closed(most)).toEqual([])
    expect(await closed(most + 1)).toEqual([1009])
    // and whatever else its page sends is as short as on any other page
    const other = await join(handler)
    other.wire.raw(`["1","9","lv:${other.page.id}","event",{"value":"${"x".repeat(65_500)}"}]`)
    expect(other.wire.closes).toEqual([1009])
  })
})

describe("a file whose way is planned", () => {
  const Planned = liveView({
    public: true,
    uploads: {
      files: {
        accept: "any",
        autoUpload: true,
        maxEntries: 2,
        external: ({ clientName }) => {
          if (clientName === "no") return { refused: "no" }
          return clientName === "away" ? { uploader: "Away", meta: { url: "/away" } } : byChannel
        },
      },
    },
    events: { choose: {}, cancel: {} },
    handleEvent: { choose() {}, cancel: (socket) => socket.cancelUpload("files", "0") },
    render: (_, { choose }, { uploads: { files } }) =>
      html`<form phx-change="${choose}">${liveFileInput(files)}</form>
        <p>${files.entries.map(({ done }) => (done ? "done" : "coming"))}</p>`,
  })
  const app = routed(Planned)
  const planned = async () =>
    join(liveSocket({ router: app, pubsub: await startPubSub(), secret }), app)
  const cancel = { type: "click", event: "cancel", value: {} }

  it("does not come by another one, with the token of a file that had its number before", async () => {
    for (const name of ["away", "no"]) {
      const mine = await planned()
      const { "0": token } = await tokens(mine, entry("0"))
      await mine.ask("event", cancel)
      const { "0": second } = await tokens(mine, entry("0", { name }))
      expect(second).toEqual(name === "no" ? undefined : { uploader: "Away", url: "/away" })
      expect(answer(await mine.wire.ask("lvu:0", "phx_join", { token }))).toBe("disallowed")
    }
  })

  it("is not there because the page says so, unless it went elsewhere", async () => {
    const mine = await planned()
    await tokens(mine, entry("0"), entry("1", { name: "away" }))
    const claim = async (ref: string) => {
      const progress = { ref: mine.ref, entry_ref: ref, progress: 100 }
      const { response } = await mine.ask("progress", progress)
      return JSON.stringify(response)
    }
    expect(await claim("0")).not.toContain("done")
    expect(await claim("1")).toContain("done")
  })
})

describe("what a page says of files", () => {
  const odd = [
    ...[
      "__proto__",
      "constructor",
      "toString",
      "0,1",
      "",
      " ",
      "-1",
      "1e3",
      "x".repeat(100),
      0,
      null,
      {},
    ].map((ref) => entry(ref)),
    ...[0, -1, 1.5, "3", null, Number.MAX_VALUE].map((size) => entry("5", { size })),
    ...[null, 1, [], {}].map((name) => entry("6", { name })),
    ...[null, 1, "x", []],
  ]

  it("is taken for what it is, or for nothing", async () => {
    const { choose, ask, ref } = await join()
    for (const uploads of [null, 1, "x", [], { [ref]: 1 }, { [ref]: {} }, { [ref]: odd }]) {
      expect(await choose(uploads)).toEqual({ status: "ok", response: {} })
    }
    const strange = JSON.parse(
      `{"__proto__": [${JSON.stringify(entry("0"))}], "phx-x": [], "constructor": [{}]}`,
    )
    expect(await choose(strange)).toEqual({ status: "ok", response: {} })
    for (const payload of [
      null,
      1,
      [],
      {},
      { ref },
      { ref: "__proto__", entries: [entry("0")] },
      { ref, entries: odd },
    ]) {
      const { status, response } = await ask("allow_upload", payload)
      expect({ status, entries: Object(response).entries }).toEqual({ status: "ok", entries: {} })
    }
    expect(Object.keys({})).toEqual([])
    const { response } = await choose({ [ref]: [entry("0")] })
    expect(JSON.stringify(response)).toContain('"2":"1"')
  })

  it("of files without end is bounded, and no more are let in than may come", async () => {
    const mine = await join()
    const count = async (from: number) => {
      const entries = Array.from({ length: 50 }, (_, n) => entry(String(from + n)))
      const { response } = await mine.choose({ [mine.ref]: entries })
      return JSON.stringify(response)
    }
    for (let from = 0; from < 1000; from += 50) await count(from)
    const { response } = await mine.ask("allow_upload", {
      ref: mine.ref,
      entries: [entry("999"), ...Array.from({ length: 90 }, (_, n) => entry(String(n)))],
    })
    expect(Object.keys(Object(response).entries)).toEqual(["0", "1"])
    expect(Object(response).errors).toEqual({ [mine.ref]: ["too_many_files"] })
    const { response: again } = await mine.choose({})
    expect(again).toEqual({})
    const told: string[] = []
    using _heard = eventRefused.subscribe(({ event }) => told.push(event))
    await mine.ask("allow_upload", { ref: "phx-other", entries: [entry("0")] })
    expect(told).toEqual(["allow_upload"])
  })

  it("of too large ones, or of those that are not accepted, does not let them in", async () => {
    const mine = await join()
    expect(await tokens(mine, entry("0", { size: 101 }), entry("1", { name: "a.exe" }))).toEqual({})
    expect(Object.keys(await tokens(mine, entry("2"), entry("1")))).toEqual(["2"])
  })

  it("does not disturb another page", async () => {
    const hostile = await join()
    const other = await join(hostile.socket)
    const { "0": token } = await tokens(other, entry("0"))
    hostile.wire.raw("x".repeat(400_000))
    expect(hostile.wire.closes).toEqual([1009])
    const ref = other.wire.send("lvu:0", "phx_join", { token })
    expect(answer(await other.wire.answerTo(ref))).toBe("ok")
    expect(answer(await other.wire.bytes("lvu:0", "chunk", Buffer.from("abc"), ref))).toBe("ok")
  })
})

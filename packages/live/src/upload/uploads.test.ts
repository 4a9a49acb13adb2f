import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { err, ok, Transaction } from "@bennu/core"
import { html } from "@bennu/html"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import {
  byChannel,
  component,
  liveComponents,
  liveFileInput,
  liveImgPreview,
  liveViews,
  type UploadEntry,
  type UploadOptions,
  type UploadWay,
  type UploadWriter,
} from "../index.ts"
import { mount, type TestView } from "../testing.ts"

interface Scope {
  readonly limit: number
}
const scope: Scope = { limit: 5 }
const liveView = liveViews<Scope>()

const shown = ({ clientName, progress, errors }: UploadEntry) =>
  html`<li>${clientName} ${progress}${errors.map(({ code, reason }) => ` ${code} ${String(reason ?? "")}`)}</li>`

/** A view with one upload, and what its consumer does. */
function page<M>(options: UploadOptions<Scope, M>, consume: (meta: never) => unknown = () => 1) {
  return liveView({
    public: true,
    uploads: { files: options },
    events: { choose: {}, save: {}, cancel: z.object({ ref: z.string() }) },
    mount: () => ({ told: [] as readonly string[] }),
    handleEvent: {
      choose() {},
      cancel: (socket, { ref }) => socket.cancelUpload("files", ref),
      async save(socket) {
        try {
          const results = await socket.consumeUploadedEntries("files", (meta) =>
            consume(meta as never),
          )
          return socket.update("told", (told) => [
            ...told,
            ...results.map((one) => JSON.stringify(one)),
          ])
        } catch (error) {
          return socket.update("told", (told) => [...told, String(error)])
        }
      },
    },
    handleProgress: {
      files: (socket, { progress }) => socket.update("told", (told) => [...told, `${progress}%`]),
    },
    render: ({ told }, { choose, save }, { uploads: { files } }) => html`
      <form phx-change="${choose}" phx-submit="${save}">${liveFileInput(files)}<button>save</button></form>
      <ul>${files.entries.map(shown)}</ul><b>${files.errors.map(({ code }) => code)}</b><p>${told.join(" ")}</p>`,
  })
}
const entries = (view: TestView) => view.element("ul").text()
const told = (view: TestView) => view.element("p").text()
const input = (view: TestView) => view.element("input")
const text = ({ path }: { readonly path: string }) => readFile(path, "utf8")

describe("a thousand files", () => {
  it("are told of as often as a hundred: the page looks at all of them each time", async () => {
    let drawn = 0
    const View = liveView({
      public: true,
      uploads: {
        files: {
          ...{ accept: "any", maxEntries: 1000 },
          writer: ({ clientName }) => ({ stream: new WritableStream(), meta: clientName }),
        },
      },
      events: { choose: {}, save: {} },
      mount: () => ({ saved: 0 }),
      handleEvent: {
        choose() {},
        async save(socket) {
          const names = await socket.consumeUploadedEntries("files", (name) => name)
          return socket.assign({ saved: new Set(names).size })
        },
      },
      render: ({ saved }, { choose, save }, { uploads: { files } }) => {
        drawn++
        return html`<form phx-change="${choose}" phx-submit="${save}">${liveFileInput(files)}</form><p>${saved}</p>`
      },
    })
    await using view = await mount(View, { scope })
    const names = Array.from({ length: 1000 }, (_, i) => `${i}.txt`)
    await input(view).choose(...names.map((name) => ({ name, content: "x" })))
    const [drawings, frames] = [drawn, view.frames.length]
    await view.element("form").submit()
    expect(view.element("p").text()).toBe("1000")
    // at each percent; that they may come, that they were sent with their form, and that they are not needed any more
    expect(drawn - drawings).toBeLessThanOrEqual(103)
    expect(view.frames.length - frames).toBeLessThanOrEqual(103)
    expect(view.frames.length - frames).toBeGreaterThanOrEqual(100)
  })
})

describe("files that are chosen", () => {
  it("are shown, with names and paths that lead nowhere", async () => {
    const View = liveView({
      public: true,
      uploads: { files: { accept: "any", maxEntries: 9 } },
      events: { choose: {} },
      handleEvent: { choose() {} },
      render: (_, { choose }, { uploads: { files } }) =>
        html`<form phx-change="${choose}">${liveFileInput(files, { webkitdirectory: true })}</form>
          ${files.entries.map((entry) => html`<i>${entry.clientName} in ${entry.clientRelativePath}</i>${liveImgPreview(entry)}`)}`,
    })
    await using view = await mount(View, { scope })
    const content = "x"
    await view
      .element("input")
      .choose(
        { name: "a.png", content, relativePath: "photos/2026/a.png" },
        { name: "../../etc/passwd", content, relativePath: "../../etc/passwd" },
        { name: "C:\\b.png", content, relativePath: "photos\\b.png" },
        { name: "..", content, relativePath: "/etc/passwd" },
        { name: "c\0\r\n.png\u202e", content, relativePath: "photos/../../c" },
      )
    const names = ["a.png in photos/2026/a.png", "passwd in ", "b.png in ", "3 in ", "c.png in "]
    for (const name of names) expect(view.html()).toContain(`<i>${name}</i>`)
    expect(view.html()).toMatch(
      /<img id="phx-preview-0" data-phx-upload-ref="phx-[^"]+" data-phx-entry-ref="0"/,
    )
    expect(input(view).attribute("webkitdirectory")).toBe("")
  })

  it("are told what is wrong with them, before anything of them is sent", async () => {
    const View = page({
      accept: [".txt", "image/*"],
      maxEntries: 5,
      maxFileSize: 10,
      validate: ({ clientSize }, { limit }) =>
        clientSize === limit ? "five is too much" : undefined,
    })
    await using view = await mount(View, { scope })
    await input(view).choose(
      { name: "a.TXT", content: "fine" },
      { name: "photo", content: "x", type: "image/png" },
      { name: "large.txt", content: "x".repeat(11) },
      { name: "a.txt.exe", content: "x", type: "application/x-msdownload" },
      { name: "five.txt", content: "12345" },
    )
    expect(entries(view)).toBe(
      "a.TXT 0photo 0large.txt 0 too_large a.txt.exe 0 not_accepted five.txt 0 refused five is too much",
    )
    await expect(view.element("form").submit()).rejects.toThrow("the form is not submitted")
    expect(told(view)).toBe("")
  })

  it("may have 8 MB each where nothing is said, and no byte more", async () => {
    await using view = await mount(page({ accept: "any" }), { scope })
    await input(view).choose({ name: "a", content: "x".repeat(8_000_000) })
    expect(entries(view)).toBe("a 0")
    await input(view).choose({ name: "b", content: "x".repeat(8_000_001) })
    expect(entries(view)).toBe("b 0 too_large ")
  })

  it("are too many together, and none is sent until they are fewer", async () => {
    await using view = await mount(page({ accept: "any", maxEntries: 2 }, text), { scope })
    await input(view).choose(...["a", "b", "c"].map((name) => ({ name, content: name })))
    expect(view.element("b").text()).toBe("too_many_files")
    await expect(view.element("form").submit()).rejects.toThrow("the form is not submitted")
    await view.push("cancel", { ref: "1" })
    expect(view.element("b").text()).toBe("")
    await view.element("form").submit()
    expect(told(view)).toBe('100% 100% "a" "c"')
  })

  it("take one another's place where there is room for one", async () => {
    await using view = await mount(page({ accept: "any" }, text), { scope })
    await input(view).choose({ name: "a", content: "a" })
    await input(view).choose({ name: "b", content: "b" })
    expect(entries(view)).toBe("b 0")
    await view.element("form").submit()
    expect(told(view)).toBe('100% "b"')
    expect(entries(view)).toBe("")
  })

  it("count with those that were consumed before, if the upload says so", async () => {
    const View = page({ accept: "any", maxEntries: 2, maxEntriesMode: "total" }, text)
    await using view = await mount(View, { scope })
    await input(view).choose({ name: "a", content: "a" })
    await view.element("form").submit()
    await input(view).choose({ name: "b", content: "b" }, { name: "c", content: "c" })
    expect(view.element("b").text()).toBe("too_many_files")
  })
})

describe("a file that comes", () => {
  it("is there chunk by chunk, and done when all of it is", async () => {
    const View = page({ accept: "any", autoUpload: true, chunkSize: 4 }, text)
    await using view = await mount(View, { scope })
    const [file] = await input(view).choose({ name: "a", content: "0123456789" })
    expect(input(view).attribute("data-phx-preflighted-refs")).toBe("0")
    await file?.send(40)
    expect([entries(view), input(view).attribute("data-phx-done-refs")]).toEqual(["a 40", ""])
    await file?.send()
    expect([entries(view), input(view).attribute("data-phx-done-refs")]).toEqual(["a 100", "0"])
    await view.element("form").submit()
    expect(told(view)).toBe('40% 80% 100% "0123456789"')
  })

  it("is not there because the page says so", async () => {
    await using view = await mount(page({ accept: "any", autoUpload: true }, text), { scope })
    const [file] = await input(view).choose({ name: "a", content: "0123456789", size: 20 })
    await file?.send()
    expect(entries(view)).toBe("a 50")
    await view.element("button").click()
    expect(told(view)).toContain("is still on its way")
  })

  it("ends when the page sends more than it said", async () => {
    await using view = await mount(page({ accept: "any", autoUpload: true }), { scope })
    const [file] = await input(view).choose({ name: "a", content: "0123456789", size: 5 })
    await file?.send()
    expect(entries(view)).toBe("")
  })

  it("ends when it is cancelled, and nothing of it is left", async () => {
    const View = page({ accept: "any", autoUpload: true, chunkSize: 1, maxEntries: 2 }, text)
    await using view = await mount(View, { scope })
    const [a, b] = await input(view).choose(
      { name: "a", content: "01" },
      { name: "b", content: "23" },
    )
    await a?.send(50)
    await b?.send()
    await view.push("cancel", { ref: "0" })
    await view.push("cancel", { ref: "0" })
    await view.push("cancel", { ref: "17" })
    await a?.send()
    expect(entries(view)).toBe("b 100")
    await view.element("form").submit()
    expect(told(view)).toContain('"23"')
  })

  it("is forgotten when its page sends no more of it", async () => {
    const View = page({ accept: "any", autoUpload: true, chunkSize: 1 })
    await using view = await mount(View, { scope })
    const [file] = await input(view).choose({ name: "a", content: "01" })
    await file?.send(50)
    await file?.stop()
    expect(entries(view)).toBe("")
  })

  it("has failed when its page says so", async () => {
    const View = page({ accept: "any", autoUpload: true, chunkSize: 1, maxEntries: 2 })
    await using view = await mount(View, { scope })
    const [a] = await input(view).choose({ name: "a", content: "01" }, { name: "b", content: "23" })
    await a?.fail("no network")
    expect(entries(view)).toBe("a 0 external_client_failure no networkb 0")
  })

  it("begins as its name and its type say, or is not accepted", async () => {
    const png = Buffer.from("89504e470d0a1a0a0000000d494844520000000100000001", "hex")
    const pdf = Buffer.from("%PDF-1.7\n")
    const cases = [
      ["a.png", "image/png", png, true],
      ["a.png", "image/png", pdf, false],
      ["a.txt", "text/plain", Buffer.from("hello"), true],
      ["a.txt", "text/plain", pdf, false],
      ["a.txt", "text/plain", Buffer.from("he\0llo"), false],
      ["a.jpg", "image/jpeg", png, false],
      ["a.webp", "image/webp", png, true],
      ["a.svg", "image/svg+xml", Buffer.from("<svg></svg>"), true],
      ["a.svg", "image/svg+xml", Buffer.from("MZ\0\0"), false],
      ["a.docx", "", Buffer.from("PK\x03\x04"), true],
      ["a.docx", "", Buffer.from("MZ\x90\0"), false],
      ["a.bennu", "", Buffer.from("\0\x01\x02"), true],
      ["a.bennu", "", pdf, true],
    ] as const
    const accept = [".png", ".jpg", ".txt", "image/webp", "image/*", ".docx", ".bennu"]
    for (const [name, type, content, fine] of cases) {
      await using view = await mount(page({ accept, autoUpload: true, chunkSize: 3 }), { scope })
      const [file] = await input(view).choose({ name, type, content })
      await file?.send()
      // an image of another kind than it says is still an image
      const expected = fine || name === "a.jpg" ? `${name} 100` : `${name} not_accepted`
      expect(
        entries(view)
          .replace(/ \d+ not/, " not")
          .trim(),
        name,
      ).toBe(expected)
    }
  })

  it("is looked at by whoever wants to", async () => {
    const heads: string[] = []
    const check = (head: Uint8Array, { clientName }: UploadEntry) => {
      heads.push(Buffer.from(head).toString())
      return clientName === "yes.png"
    }
    const View = page({ accept: [".png"], autoUpload: true, chunkSize: 200, maxEntries: 2, check })
    await using view = await mount(View, { scope })
    const [yes, no] = await input(view).choose(
      { name: "yes.png", content: "y".repeat(1000) },
      { name: "no.png", content: "n" },
    )
    await yes?.send()
    await no?.send()
    expect(entries(view)).toBe("yes.png 100no.png 0 not_accepted ")
    expect(heads).toEqual(["y".repeat(512), "n"])
    await using trusting = await mount(page({ accept: [".png"], check: false }, text), { scope })
    await input(trusting).choose({ name: "a.png", content: "no image" })
    await trusting.element("form").submit()
    expect(told(trusting)).toBe('100% "no image"')
  })
})

describe("files that are consumed", () => {
  it("lie at a path of nobody's choice as long as that takes", async () => {
    const paths: string[] = []
    const consume = async (meta: { readonly path: string }) => {
      paths.push(meta.path)
      return text(meta)
    }
    await using view = await mount(page({ accept: "any", maxEntries: 2 }, consume), { scope })
    await input(view).choose({ name: "../a", content: "A" }, { name: "b", content: "B" })
    await view.element("form").submit()
    expect(told(view)).toBe('100% 100% "A" "B"')
    await expect.poll(() => !paths.some((path) => existsSync(path))).toBe(true)
    expect(paths.every((path) => /bennu-uploads-\w+\/[0-9a-f-]{36}$/.test(path))).toBe(true)
  })

  it("stay, all of them, when one cannot be", async () => {
    let works = false
    const consume = async (meta: { readonly path: string }) => {
      const content = await text(meta)
      if (content === "B" && !works) throw new Error("the disk is full")
      return content
    }
    await using view = await mount(page({ accept: "any", maxEntries: 2 }, consume), { scope })
    await input(view).choose({ name: "a", content: "A" }, { name: "b", content: "B" })
    await view.element("form").submit()
    expect(told(view)).toBe("100% 100% Error: the disk is full")
    expect(entries(view)).toBe("a 100b 100")
    works = true
    await view.element("form").submit()
    expect(told(view)).toBe('100% 100% Error: the disk is full "A" "B"')
    expect(entries(view)).toBe("")
  })

  it("stay alone that are answered with a failed result", async () => {
    const consume = async (meta: { readonly path: string }) =>
      (await text(meta)) === "A" ? err("not yet") : ok(1)
    await using view = await mount(page({ accept: "any", maxEntries: 2 }, consume), { scope })
    await input(view).choose({ name: "a", content: "A" }, { name: "b", content: "B" })
    await view.element("form").submit()
    expect(entries(view)).toBe("a 100")
  })

  it("stay when the transaction around it is taken back", async () => {
    let fails = true
    const View = liveView({
      public: true,
      uploads: { files: { accept: "any" } },
      events: { choose: {}, save: {} },
      mount: () => ({ told: [] as readonly string[] }),
      handleEvent: {
        choose() {},
        async save(socket) {
          const transaction = new Transaction()
          const results = await transaction.run(() => socket.consumeUploadedEntries("files", text))
          // what else the transaction does
          await null
          transaction.ended(!fails)
          return socket.update("told", (told) => [...told, ...(fails ? ["no"] : results)])
        },
      },
      render: ({ told }, { choose, save }, { uploads: { files } }) => html`
        <form phx-change="${choose}" phx-submit="${save}">${liveFileInput(files)}</form>
        <ul>${files.entries.map(shown)}</ul><p>${told.join(" ")}</p>`,
    })
    await using view = await mount(View, { scope })
    await input(view).choose({ name: "a", content: "A" })
    await view.element("form").submit()
    expect([told(view), entries(view)]).toEqual(["no", "a 100"])
    fails = false
    await view.element("form").submit()
    expect([told(view), entries(view)]).toEqual(["no A", ""])
  })

  it("are consumed once, also by a task beside the view", async () => {
    const View = liveView({
      public: true,
      uploads: { files: { accept: "any" } },
      events: { choose: {}, save: {} },
      mount: () => ({ told: [] as readonly string[] }),
      handleEvent: {
        choose() {},
        save: (socket) =>
          socket.startAsync(
            "save",
            () => socket.consumeUploadedEntries("files", text),
            (later, result) =>
              later.update("told", (told) => [...told, result.ok ? `[${result.value}]` : "failed"]),
          ),
      },
      render: ({ told }, { choose, save }, { uploads: { files } }) => html`
        <form phx-change="${choose}" phx-submit="${save}">${liveFileInput(files)}</form>
        <ul>${files.entries.map(shown)}</ul><p>${told.join(" ")}</p>`,
    })
    await using view = await mount(View, { scope })
    await input(view).choose({ name: "a", content: "A" })
    await view.element("form").submit()
    await view.asyncSettled()
    await view.element("form").submit()
    await view.asyncSettled()
    expect([told(view), entries(view)]).toEqual(["[A] []", ""])
  })

  it("are gone when their view ends", async () => {
    const paths: string[] = []
    const consume = ({ path }: { readonly path: string }) => {
      paths.push(path)
      throw new Error("later")
    }
    const view = await mount(page({ accept: "any" }, consume), { scope })
    await input(view).choose({ name: "a", content: "A" })
    await view.element("form").submit()
    expect(existsSync(paths[0] ?? "")).toBe(true)
    await view[Symbol.asyncDispose]()
    expect(existsSync(paths[0] ?? "")).toBe(false)
  })
})

describe("a writer of one's own", () => {
  /** Keeps what it is given, and writes down what happens to it. */
  function recorder(write: (chunk: string) => unknown = () => {}) {
    const log: string[] = []
    const writer = (
      { clientName }: UploadEntry,
      { limit }: Scope,
    ): UploadWriter<{ readonly length: number }> => ({
      stream: new WritableStream({
        async write(chunk) {
          const content = Buffer.from(chunk).toString()
          log.push(`${clientName} ${content}`)
          await write(content)
        },
        close: () => void log.push("close"),
        abort: () => void log.push("abort"),
      }),
      meta: { length: limit },
      release: (how) => void log.push(how),
    })
    return { log, writer }
  }

  it("gets the chunks, is closed, and tells what was written", async () => {
    const { log, writer } = recorder()
    const View = page(
      { accept: "any", chunkSize: 600, writer },
      ({ length }: { length: number }) => length,
    )
    await using view = await mount(View, { scope })
    await input(view).choose({ name: "a", content: `${"1".repeat(600)}2` })
    await view.element("form").submit()
    expect(told(view)).toBe("99% 100% 5")
    expect(log).toEqual([`a ${"1".repeat(600)}`, "a 2", "close", "consumed"])
  })

  it("is waited for: the page is not asked for more until a chunk is written", async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { log, writer } = recorder(() => promise)
    const View = page({ accept: "any", autoUpload: true, chunkSize: 600, writer })
    await using view = await mount(View, { scope })
    const [file] = await input(view).choose({ name: "a", content: "1".repeat(1200) })
    const sending = file?.send()
    await expect.poll(() => log.length).toBe(1)
    expect(entries(view)).toBe("a 0")
    resolve()
    await sending
    expect(log.slice(2)).toEqual(["close"])
  })

  it("that fails is told of, at its file alone", async () => {
    const { log, writer } = recorder(() => {
      throw new Error("no space")
    })
    const View = page({ accept: "any", autoUpload: true, maxEntries: 2, writer })
    await using view = await mount(View, { scope })
    const [file] = await input(view).choose(
      { name: "a", content: "1" },
      { name: "b", content: "2" },
    )
    await file?.send()
    expect(entries(view)).toBe("a 0 writer_failure Error: no spaceb 0")
    expect(log).toEqual(["a 1", "dropped"])
  })

  it("that cannot be opened, or takes too long, has failed", async () => {
    const broken = page({
      accept: "any",
      autoUpload: true,
      writer: () => Promise.reject(new Error("closed")),
    })
    await using view = await mount(broken, { scope })
    const [file] = await input(view).choose({ name: "a", content: "1" })
    await expect(file?.send()).rejects.toThrow("writer_error")
    await view.settled()
    expect(entries(view)).toBe("a 0 writer_failure Error: closed")
    const { log, writer } = recorder(() => new Promise(() => {}))
    const slow = page({ accept: "any", autoUpload: true, chunkTimeout: 5, writer })
    await using other = await mount(slow, { scope })
    const [late] = await input(other).choose({ name: "a", content: "1" })
    await late?.send()
    expect(entries(other)).toContain(
      "a 0 writer_failure UploadTimeoutError: a chunk was not written within 5 ms",
    )
    await expect.poll(() => log.includes("dropped")).toBe(true)
  })

  it("is aborted when its file is cancelled, and when its view ends", async () => {
    const { log, writer } = recorder()
    const View = page({ accept: "any", autoUpload: true, chunkSize: 600, writer, maxEntries: 2 })
    const view = await mount(View, { scope })
    const content = "1".repeat(700)
    const [a, b] = await input(view).choose({ name: "a", content }, { name: "b", content })
    await a?.send(50)
    await view.push("cancel", { ref: "0" })
    await expect.poll(() => log.includes("dropped")).toBe(true)
    expect(log.slice(1)).toEqual(["abort", "dropped"])
    await b?.send(50)
    await view[Symbol.asyncDispose]()
    expect(log.slice(4)).toEqual(["abort", "dropped"])
  })
})

describe("an external upload", () => {
  const external = ({ clientName }: UploadEntry, { limit }: Scope) =>
    clientName === "no"
      ? { refused: "no room" }
      : { uploader: "S3", meta: { url: `/${clientName}?${limit}` } }
  const url = (meta: { readonly url: string }) => meta.url

  it("tells the page where to, and is consumed as that", async () => {
    await using view = await mount(page({ accept: "any", external }, url), { scope })
    const [file] = await input(view).choose({ name: "a", content: "A" })
    await view.element("form").submit()
    expect(file?.meta).toEqual({ uploader: "S3", url: "/a?5" })
    expect(told(view)).toBe('100% "/a?5"')
    expect(entries(view)).toBe("")
  })

  it("may be refused, or fail in the page", async () => {
    await using view = await mount(page({ accept: "any", external, maxEntries: 2 }, url), { scope })
    await input(view).choose({ name: "no", content: "A" })
    await expect(view.element("form").submit()).rejects.toThrow("the form is not submitted")
    expect(entries(view)).toBe("no 0 refused no room")
    await view.push("cancel", { ref: "0" })
    const [file] = await input(view).choose({ name: "b", content: "B" })
    await file?.fail("S3 said no")
    expect(entries(view)).toBe("b 0 external_client_failure S3 said no")
  })
})

describe("an upload of files that take different ways", () => {
  type Meta = { readonly path: string } | { readonly url: string }
  const way = ({ clientName }: UploadEntry): UploadWay<Meta> => {
    if (clientName.startsWith("no")) return { refused: "no room" }
    if (clientName.startsWith("small")) return byChannel
    return { uploader: clientName.startsWith("put") ? "Put" : "Parts", meta: { url: clientName } }
  }
  const read = (meta: Meta) => ("path" in meta ? text(meta) : meta.url)
  const files = (...names: readonly string[]) => names.map((name) => ({ name, content: "x" }))

  it.each([
    ["one by one", { external: way }],
    ["together", { plan: async (entries: readonly UploadEntry[]) => entries.map(way) }],
  ])("sends each its own, asked %s", async (_, options) => {
    await using view = await mount(page({ accept: "any", maxEntries: 3, ...options }, read), {
      scope,
    })
    const sent = await input(view).choose(...files("small", "put", "parts"))
    await view.element("form").submit()
    expect(sent.map(({ meta }) => meta?.["uploader"])).toEqual([undefined, "Put", "Parts"])
    expect(told(view)).toBe('100% 100% 100% "x" "put" "parts"')
    expect(entries(view)).toBe("")
  })

  it("sends none of a form when one is refused, and the others with the form when that one is taken back", async () => {
    await using view = await mount(page({ accept: "any", maxEntries: 3, external: way }, read), {
      scope,
    })
    await input(view).choose(...files("small", "put", "no"))
    await expect(view.element("form").submit()).rejects.toThrow("the form is not submitted")
    expect(entries(view)).toBe("small 0put 0no 0 refused no room")
    await view.push("cancel", { ref: "2" })
    await view.element("form").submit()
    expect(told(view)).toBe('100% 100% "x" "put"')
  })

  it("refuses one of those that are sent at once, and no other", async () => {
    const View = page({ accept: "any", maxEntries: 3, autoUpload: true, external: way }, read)
    await using view = await mount(View, { scope })
    const [small, no, put] = await input(view).choose(...files("small", "no", "put"))
    expect(entries(view)).toBe("small 0no 0 refused no roomput 0")
    await small?.send()
    await put?.send()
    await expect(no?.send()).rejects.toThrow('"no" may not be sent')
    expect(entries(view)).toBe("small 100no 0 refused no roomput 100")
  })

  it("is asked once for all that are sent together, for as many as may come and are not wrong", async () => {
    const asked: string[][] = []
    const plan = (entries: readonly UploadEntry[], { limit }: Scope) => {
      asked.push(entries.map(({ clientName }) => `${clientName} of ${limit}`))
      return entries.map(way)
    }
    const options = { accept: [".txt"], maxEntries: 3, autoUpload: true, plan }
    await using view = await mount(page(options, read), { scope })
    await input(view).choose(...files("put.exe", "put.txt", "small.txt", "a.txt", "b.txt", "c.txt"))
    await input(view).choose(...files("d.txt"))
    expect(asked).toEqual([["put.txt of 5", "small.txt of 5", "a.txt of 5"]])
  })

  it("has a way for each, or its view restarts", async () => {
    for (const ways of [[], [byChannel], [byChannel, byChannel, byChannel]]) {
      const View = page({ accept: "any", maxEntries: 2, plan: () => ways })
      await using view = await mount(View, { scope })
      await input(view).choose(...files("a", "b"))
      await expect(view.element("form").submit()).rejects.toThrow(
        `2 files to plan and ${ways.length} ways`,
      )
    }
  })
})

describe("an upload", () => {
  it("may be allowed with other options later, and not at all", async () => {
    const View = liveView({
      public: true,
      uploads: { files: { accept: [".txt"] } },
      events: { choose: {}, allow: {}, disallow: {} },
      handleEvent: {
        choose() {},
        allow: (socket) => socket.allowUpload("files", { accept: [".png"], maxEntries: 2 }),
        disallow: (socket) => socket.disallowUpload("files"),
      },
      render: (_, { choose }, { uploads: { files } }) =>
        html`<form phx-change="${choose}">${liveFileInput(files)}</form><ul>${files.entries.map(shown)}</ul>`,
    })
    await using view = await mount(View, { scope })
    const { id } = { id: input(view).attribute("id") }
    await view.push("allow")
    expect(input(view).attribute("id")).not.toBe(id)
    await input(view).choose({ name: "a.png", content: "a" }, { name: "b.txt", content: "b" })
    expect(entries(view)).toBe("a.png 0b.txt 0 not_accepted ")
    await expect(view.push("disallow")).rejects.toThrow("files are chosen")
    await using other = await mount(View, { scope })
    await other.push("disallow")
    await input(other).choose({ name: "a.txt", content: "a" })
    expect(entries(other)).toBe("")
  })

  it("says what it cannot be", () => {
    const define = (options: object) => () =>
      liveView({
        public: true,
        uploads: { files: options as UploadOptions<Scope> },
        render: () => html``,
      })
    expect(define({})).toThrow('the upload "files" accepts undefined')
    expect(define({ accept: [] })).toThrow("accepts []")
    expect(define({ accept: ["png"] })).toThrow('accepts "png"')
    expect(define({ accept: "any", maxEntries: 0 })).toThrow("maxEntries 0")
    expect(define({ accept: "any", maxFileSize: Number.NaN })).toThrow("maxFileSize NaN")
    expect(define({ accept: "any", chunkSize: 8_000_001 })).toThrow("chunkSize 8000001")
    expect(define({ accept: "any", maxEntrys: 2 })).toThrow('has "maxEntrys"')
    const [writer, external, plan] = [() => {}, () => {}, () => {}]
    expect(define({ accept: "any", writer, external })).toThrow("has writer and external")
    expect(define({ accept: "any", external, plan })).toThrow("has external and plan")
  })

  it("belongs to a live component as to a view", async () => {
    const Attach = liveComponents<Scope>()({
      uploads: { file: { accept: "any" } },
      events: { choose: {}, save: {} },
      mount: () => ({ saved: "" }),
      handleEvent: {
        choose() {},
        async save(socket) {
          const [saved = ""] = await socket.consumeUploadedEntries("file", text)
          return socket.assign({ saved })
        },
      },
      handleProgress: { file: (socket, { progress }) => socket.putFlash("info", `${progress}%`) },
      render: ({ saved }, { choose, save }, { uploads: { file }, id }) => html`<div id="${id}">
        <form phx-change="${choose}" phx-submit="${save}">${liveFileInput(file)}</form>
        <ul>${file.entries.map(shown)}</ul><p>${saved}</p></div>`,
    })
    const View = liveView({
      public: true,
      components: [Attach],
      events: { hide: {} },
      mount: () => ({ both: true }),
      handleEvent: { hide: (socket) => socket.assign({ both: false }) },
      render: ({ both }, _, { flash }) =>
        html`<b>${flash.info}</b>${component(Attach, { id: "one" })}${both && component(Attach, { id: "two" })}`,
    })
    await using view = await mount(View, { scope })
    await view.element("#one input").choose({ name: "a", content: "A" })
    await view.element("#two input").choose({ name: "b", content: "B" })
    await view.element("#two form").submit()
    expect([view.element("#one").text().trim(), view.element("b").text()]).toEqual(["a 0", "100%"])
    expect(view.element("#two").text().trim()).toBe("B")
    await view.push("hide")
    await view.element("#one form").submit()
    expect(view.element("#one").text().trim()).toBe("A")
  })
})

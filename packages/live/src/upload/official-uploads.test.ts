import { readFile } from "node:fs/promises"
import { endpoint } from "@bennu/endpoint"
import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { browser, liveView, root, type Scope, secret, startPubSub } from "../../fixtures/app.ts"
import {
  type Chosen,
  choose,
  openUploads as open,
  reads,
  until,
} from "../../fixtures/upload-page.ts"
import {
  byChannel,
  component,
  JS,
  live,
  liveComponents,
  liveFileInput,
  liveSocket,
  type UploadEntry,
} from "../index.ts"

const shown = (entries: readonly UploadEntry[]) =>
  entries.map(
    ({ ref, clientName, progress, errors }) =>
      `${ref} ${clientName} ${progress} ${errors.map(({ code }) => code)};`,
  )

const Files = liveView({
  public: true,
  uploads: {
    notes: { accept: [".txt"], maxEntries: 3, maxFileSize: 100_000, chunkSize: 10 },
    now: { accept: "any", autoUpload: true, maxEntries: 1000 },
    away: {
      accept: "any",
      external: ({ clientName }) => ({ uploader: "Away", meta: { url: `/${clientName}` } }),
    },
    planned: {
      accept: "any",
      maxEntries: 3,
      plan: async (entries) =>
        entries.map(({ clientName }) => {
          if (clientName.startsWith("no")) return { refused: "no room" }
          if (clientName.startsWith("small")) return byChannel
          return { uploader: "Away", meta: { url: `/${clientName}` } }
        }),
    },
  },
  events: { choose: {}, save: {}, cancel: z.object({ ref: z.string() }) },
  mount: () => ({ saved: [] as string[] }),
  handleEvent: {
    choose() {},
    cancel: (socket, { ref }) => socket.cancelUpload("notes", ref).cancelUpload("planned", ref),
    async save(socket) {
      const notes = await socket.consumeUploadedEntries("notes", ({ path }) =>
        readFile(path, "utf8"),
      )
      const away = await socket.consumeUploadedEntries("away", ({ url }) => url)
      const planned = await socket.consumeUploadedEntries("planned", (meta) =>
        "path" in meta ? readFile(meta.path, "utf8") : meta.url,
      )
      return socket.update("saved", (saved) => [...saved, ...notes, ...away, ...planned])
    },
  },
  handleProgress: {
    async now(socket, entry) {
      if (!entry.done) return
      const text = await socket.consumeUploadedEntry("now", entry, ({ path }) =>
        readFile(path, "utf8"),
      )
      return socket.update("saved", (saved) => [...saved, `now ${text}`])
    },
  },
  render: ({ saved }, { choose, save, cancel }, { uploads: { notes, now, away, planned } }) => html`
    <form id="form" phx-change="${choose}" phx-submit="${save}">
      ${liveFileInput(notes)}${liveFileInput(now)}${liveFileInput(away)}${liveFileInput(planned)}<button id="save">save</button></form>
    <p id="notes">${shown(notes.entries)}${notes.errors.map(({ code }) => code)}</p><p id="now">${shown(now.entries)}</p>
    <p id="away">${shown(away.entries)}</p><p id="planned">${shown(planned.entries)}</p>
    ${[...notes.entries, ...planned.entries].map(({ ref }) => html`<a id="cancel-${ref}" phx-click="${JS.push(cancel, { value: { ref } })}"></a>`)}
    <ul id="saved">${saved.map((text) => html`<li>${text}</li>`)}</ul><s id="hook" phx-hook="Choose"></s>`,
})

const Attach = liveComponents<Scope>()({
  uploads: { file: { accept: "any" } },
  events: { choose: {}, save: {} },
  mount: () => ({ saved: "" }),
  handleEvent: {
    choose() {},
    async save(socket) {
      const [saved = ""] = await socket.consumeUploadedEntries("file", ({ path }) =>
        readFile(path, "utf8"),
      )
      return socket.assign({ saved })
    },
  },
  render: ({ saved }, { choose, save }, { uploads: { file }, myself }) => html`<div>
    <form phx-change="${choose}" phx-submit="${save}" phx-target="${myself}">${liveFileInput(file)}<button id="save"></button></form>
    <p id="file">${shown(file.entries)}</p><p id="saved">${saved}</p></div>`,
})
const Holder = liveView({
  public: true,
  components: [Attach],
  render: () => html`${component(Attach, { id: "one" })}<s id="hook" phx-hook="Choose"></s>`,
})

const path = paths({ files: "/files", holder: "/holder" })
const app = router(
  scope("/", browser, { layout: root }, [live(path.files, Files), live(path.holder, Holder)]),
)

async function start() {
  const pubsub = await startPubSub()
  const sockets = { "/live": liveSocket({ router: app, pubsub, secret }) } as const
  return endpoint({ router: app, port: 0, host: "127.0.0.1", sockets }).start(
    new AbortController().signal,
  )
}

describe("the official client with uploads", () => {
  it("sends files in chunks before their form, which then finds them", async () => {
    await using server = await start()
    using page = await open(new URL("/files", server.url))
    choose(page, "notes", ["hello, this is a note", "a.txt"], ["b", "b.txt"])
    await reads(page, "#notes", "0 a.txt 0 ;1 b.txt 0 ;")
    page.click("#save")
    await reads(page, "#saved", "hello, this is a noteb")
    await reads(page, "#notes", "")
    choose(page, "notes", ["again", "c.txt"])
    await reads(page, "#notes", "2 c.txt 0 ;")
    page.click("#save")
    await reads(page, "#saved", "hello, this is a notebagain")
    expect(page.document.querySelectorAll("[data-phx-ref-lock]")).toHaveLength(0)
  })

  it("sends them as soon as they are chosen, each consumed as it is there", async () => {
    await using server = await start()
    using page = await open(new URL("/files", server.url))
    choose(page, "now", ["x", "x.txt"], ["y", "y.txt"])
    // two files go by two channels, and either may be there first
    await until(() => expect(["now xnow y", "now ynow x"]).toContain(page.text("#saved")))
    await reads(page, "#now", "")
  })

  it("lets the page's own uploader have them that go elsewhere", async () => {
    await using server = await start()
    using page = await open(new URL("/files", server.url))
    choose(page, "away", ["x", "x.bin", ""])
    await reads(page, "#away", "0 x.bin 0 ;")
    page.click("#save")
    await reads(page, "#saved", "/x.bin")
    expect(page.window.eval("window.away_")).toEqual(["/x.bin"])
  })

  it("sends each file of one input its own way: in chunks, or by the page's own uploader", async () => {
    await using server = await start()
    using page = await open(new URL("/files", server.url))
    choose(page, "planned", ["hello", "small.txt"], ["x", "x.bin"], ["y", "y.bin"])
    await reads(page, "#planned", "0 small.txt 0 ;1 x.bin 0 ;2 y.bin 0 ;")
    page.click("#save")
    await reads(page, "#saved", "hello/x.bin/y.bin")
    await reads(page, "#planned", "")
    expect(page.window.eval("window.away_")).toEqual(["/x.bin", "/y.bin"])
  })

  it("sends none of a form of which one is refused, and the others once that one is taken back", async () => {
    await using server = await start()
    using page = await open(new URL("/files", server.url))
    choose(page, "planned", ["hello", "small.txt"], ["x", "x.bin"], ["y", "no.bin"])
    await reads(page, "#planned", "0 small.txt 0 ;1 x.bin 0 ;2 no.bin 0 ;")
    page.click("#save")
    await reads(page, "#planned", "0 small.txt 0 ;1 x.bin 0 ;2 no.bin 0 refused;")
    page.click("#cancel-2")
    await reads(page, "#planned", "0 small.txt 0 ;1 x.bin 0 ;")
    expect(page.text("#saved")).toBe("")
    page.click("#save")
    await reads(page, "#saved", "hello/x.bin")
  })

  it("does not submit a form whose files are wrong, until they are taken back", async () => {
    await using server = await start()
    using page = await open(new URL("/files", server.url))
    choose(page, "notes", ["x", "x.exe", "application/x-msdownload"], ["fine", "fine.txt"])
    await reads(page, "#notes", "0 x.exe 0 not_accepted;1 fine.txt 0 ;")
    page.click("#save")
    page.click("#cancel-0")
    await reads(page, "#notes", "1 fine.txt 0 ;")
    expect(page.text("#saved")).toBe("")
    page.click("#save")
    await reads(page, "#saved", "fine")
  })

  it("says that there are too many, until one is taken back", async () => {
    await using server = await start()
    using page = await open(new URL("/files", server.url))
    const file = (n: number): Chosen => [`${n}`, `${n}.txt`]
    choose(page, "notes", file(0), file(1), file(2), file(3))
    await reads(page, "#notes", "0 0.txt 0 ;1 1.txt 0 ;2 2.txt 0 ;3 3.txt 0 ;too_many_files")
    page.click("#save")
    page.click("#cancel-1")
    await reads(page, "#notes", "0 0.txt 0 ;2 2.txt 0 ;3 3.txt 0 ;")
    page.click("#save")
    await reads(page, "#saved", "023")
  })

  it("tells of a file whose bytes are not what its name says, and sends the form once it is taken back", async () => {
    await using server = await start()
    using page = await open(new URL("/files", server.url))
    choose(page, "notes", ["%PDF-1.7 is no text", "a.txt"], ["b", "b.txt"])
    await reads(page, "#notes", "0 a.txt 0 ;1 b.txt 0 ;")
    page.click("#save")
    await reads(page, "#notes", "0 a.txt 52 not_accepted;1 b.txt 100 ;")
    page.click("#cancel-0")
    // the client was only waiting for its files: it submits the form by itself
    await reads(page, "#saved", "b")
    await reads(page, "#notes", "")
  })

  it("sends more files at once than a socket has channels", async () => {
    await using server = await start()
    using page = await open(new URL("/files", server.url))
    const files = Array.from({ length: 150 }, (_, n): Chosen => [`${n}`, `${n}.txt`])
    choose(page, "now", ...files)
    await vi.waitFor(() => expect(page.document.querySelectorAll("#saved li")).toHaveLength(150), {
      interval: 100,
      timeout: 100_000,
    })
    await reads(page, "#now", "")
  }, 120_000)

  it("sends files to a live component", async () => {
    await using server = await start()
    using page = await open(new URL("/holder", server.url))
    choose(page, "file", ["for the component", "a.txt"])
    await reads(page, "#file", "0 a.txt 0 ;")
    page.click("#save")
    await reads(page, "#saved", "for the component")
    await reads(page, "#file", "")
  })
})

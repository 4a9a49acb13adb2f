import { html } from "@bennu/html"
import { describe, it } from "vitest"
import * as z from "zod"
import { byChannel, liveComponents, liveFileInput, liveImgPreview, liveViews } from "../index.ts"

interface Scope {
  readonly user: { readonly name: string }
}
const liveView = liveViews<Scope>()
const render = () => html``

describe("an upload", () => {
  it("says what it accepts", () => {
    liveView({ public: true, uploads: { photo: { accept: "any" } }, render })
    // @ts-expect-error it accepts something
    liveView({ public: true, uploads: { photo: { maxEntries: 1 } }, render })
    // @ts-expect-error by extensions or types
    liveView({ public: true, uploads: { photo: { accept: ".jpg" } }, render })
  })

  it("has a way for each file", () => {
    // @ts-expect-error a plan has one for each
    liveView({ public: true, uploads: { photo: { accept: "any", plan: () => byChannel } }, render })
    // @ts-expect-error no way that there is
    liveView({ public: true, uploads: { photo: { accept: "any", external: () => 1 } }, render })
  })

  it("is shown by its name", () => {
    liveView({
      public: true,
      uploads: { photo: { accept: ["image/*"] } },
      render: (_, __, { uploads }) => {
        // @ts-expect-error an upload that was not declared
        liveFileInput(uploads.foto)
        return html`${liveFileInput(uploads.photo)}${uploads.photo.entries.map((entry) => liveImgPreview(entry))}`
      },
    })
    liveComponents<Scope>()({
      uploads: { photo: { accept: ["image/*"] } },
      // @ts-expect-error an upload that was not declared
      render: (_, __, { uploads }) => html`<p>${liveFileInput(uploads.foto)}</p>`,
    })
  })

  it("is consumed as what it was written to, a temporary file where nothing is said", () => {
    liveView({
      public: true,
      events: { save: z.object({ ref: z.string() }) },
      uploads: {
        photo: { accept: "any" },
        pdf: {
          accept: [".pdf"],
          writer: (entry, { user }) => ({
            stream: new WritableStream<Uint8Array>(),
            meta: { pages: entry.clientSize, by: user.name },
          }),
        },
        video: {
          accept: ["video/*"],
          external: async ({ clientName }) => ({ uploader: "S3", meta: { url: clientName } }),
        },
        checked: { accept: "any", external: () => ({ refused: "full" }) },
        mixed: {
          accept: "any",
          external: ({ clientSize }) =>
            clientSize < 9 ? byChannel : { uploader: "S3", meta: { key: clientSize } },
        },
        planned: {
          accept: "any",
          plan: async (entries, { user }) =>
            entries.map((entry) => {
              if (entry.clientSize > 9) return { refused: user.name }
              if (entry.clientSize > 5) return { uploader: "Put", meta: { url: entry.uuid } }
              return byChannel
            }),
        },
      },
      mount: () => ({ names: [] as string[] }),
      handleEvent: {
        async save(socket, { ref }) {
          const files: string[] = await socket.consumeUploadedEntries("photo", ({ path }) => path)
          const pages: number[] = await socket.consumeUploadedEntries("pdf", ({ pages }) => pages)
          const urls: string[] = await socket.consumeUploadedEntries("video", ({ url }) => url)
          const mixed: (string | number)[] = await socket.consumeUploadedEntries("mixed", (meta) =>
            "path" in meta ? meta.path : meta.key,
          )
          // @ts-expect-error it may have come by a channel
          await socket.consumeUploadedEntries("mixed", ({ key }) => key)
          // @ts-expect-error it may have gone elsewhere
          await socket.consumeUploadedEntries("planned", ({ path }) => path)
          const planned: string[] = await socket.consumeUploadedEntries("planned", (meta) =>
            "path" in meta ? meta.path : meta.url,
          )
          // @ts-expect-error what the writer did not tell
          await socket.consumeUploadedEntries("pdf", ({ path }) => path)
          // @ts-expect-error an upload that was not declared
          await socket.consumeUploadedEntries("foto", () => 1)
          // @ts-expect-error an upload that was not declared
          socket.cancelUpload("foto", ref)
          // @ts-expect-error the size of chunks stays
          socket.allowUpload("photo", { accept: "any", chunkSize: 1 })
          return socket
            .assign({ names: [...files, ...urls, String(pages), String(mixed), ...planned] })
            .allowUpload("photo", { accept: [".png"], maxEntries: 2 })
            .disallowUpload("video")
            .cancelUpload("photo", ref)
        },
      },
      handleProgress: {
        async photo(socket, entry) {
          const path: string = await socket.consumeUploadedEntry("photo", entry, ({ path }) => path)
          return entry.done ? socket.assign({ names: [path] }) : undefined
        },
        // @ts-expect-error progress of an upload that was not declared
        foto() {},
      },
      render,
    })
  })
})

import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { pipeline } from "node:stream/promises"
import { attrs, each, html, type Renderable } from "@bennu/html"
import {
  byChannel,
  liveFileInput,
  liveViews,
  type Upload,
  type UploadEntry,
  type UploadWriter,
} from "@bennu/live"
import * as z from "zod"
import type { openBucket, StoredObject } from "./bucket.ts"

export interface Scope {
  readonly bucket: ReturnType<typeof openBucket>
}

/** Bytes that are not worth a request to the bucket. */
const SMALL = 10_000

/** Rows of what has come that are shown. */
const SHOWN = 20

interface Kept extends StoredObject {
  readonly name: string
}

/** What is to be known of a file in a folder is its digest: nothing else of it is kept. */
function hashing(_: UploadEntry): UploadWriter<{ readonly digest: () => string }> {
  const hash = createHash("sha256")
  const stream = new WritableStream<Uint8Array>({ write: (chunk) => void hash.update(chunk) })
  return { stream, meta: { digest: () => hash.digest("hex") } }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256")
  await pipeline(createReadStream(path), hash)
  return hash.digest("hex")
}

const chosen = ({ entries, errors, name }: Upload, cancel: Renderable) => html`<ul id="${name}">
  ${each(
    entries.slice(0, SHOWN),
    ({ ref }) => ref,
    (entry) => html`<li>${entry.clientName}
      <progress ${attrs({ value: entry.progress, max: 100, "aria-label": `Progress of ${entry.clientName}` })}></progress>
      ${entry.errors.map(({ code, reason }) => html`<b>${code} ${reason ? String(reason) : ""}</b>`)}
      <button type="button" phx-click="${cancel}" phx-value-ref="${entry.ref}" phx-value-upload="${name}">cancel ${entry.clientName}</button></li>`,
  )}
  ${errors.map(({ code }) => html`<li><b>${code}</b></li>`)}</ul>`

export const UploadsLive = liveViews<Scope>()({
  public: true,
  uploads: {
    // each file of a folder, as soon as it is chosen, to a writer that keeps nothing
    folder: { accept: "any", maxEntries: 1_000, autoUpload: true, writer: hashing },
    // one large file, by a temporary one
    file: { accept: "any", maxFileSize: 500_000_000, autoUpload: true },
    // what is large never comes by here: the page sends it to the bucket, in parts
    video: {
      accept: ["video/*"],
      maxFileSize: 5_000_000_000,
      plan: (entries, { bucket }) =>
        entries.map((entry) => {
          if (entry.clientName.startsWith(".")) return { refused: "has no name" }
          if (entry.clientSize < SMALL) return byChannel
          return { uploader: "Parts", meta: bucket.start(entry) }
        }),
    },
  },
  events: {
    choose: {},
    save: {},
    cancel: z.object({ upload: z.enum(["folder", "file", "video"]), ref: z.string() }),
  },
  mount: () => ({ kept: [] as readonly Kept[], count: 0 }),
  handleEvent: {
    choose() {},
    cancel: (socket, { upload, ref }) => socket.cancelUpload(upload, ref),
    async save(socket) {
      const { bucket } = socket.scope
      const videos = await socket.consumeUploadedEntries("video", async (meta, entry) => {
        const { clientName: name, clientSize: bytes } = entry
        return "path" in meta
          ? { name, bytes, sha256: await digestOf(meta.path) }
          : { name, ...bucket.complete(meta.key) }
      })
      return keep(socket, videos)
    },
  },
  handleProgress: {
    async folder(socket, entry) {
      if (!entry.done) return
      const { clientRelativePath: name, clientSize: bytes } = entry
      const sha256 = await socket.consumeUploadedEntry("folder", entry, ({ digest }) => digest())
      return keep(socket, [{ name, bytes, sha256 }])
    },
    async file(socket, entry) {
      if (!entry.done) return
      const { clientName: name, clientSize: bytes } = entry
      const sha256 = await socket.consumeUploadedEntry("file", entry, ({ path }) => digestOf(path))
      return keep(socket, [{ name, bytes, sha256 }])
    },
  },
  title: "Uploads",
  render: ({ kept, count }, { choose, save, cancel }, { uploads: { folder, file, video } }) => html`
    <h1>Uploads</h1>
    <form id="files" phx-change="${choose}" phx-submit="${save}">
      <p phx-drop-target="${file.ref}" id="drop"><label for="${file.ref}">A file, chosen or dropped here</label> ${liveFileInput(file)}</p>${chosen(file, cancel)}
      <p><label for="${folder.ref}">A folder</label> ${liveFileInput(folder, { webkitdirectory: true })}</p>${chosen(folder, cancel)}
      <p><label for="${video.ref}">A video, for the bucket</label> ${liveFileInput(video)}</p>${chosen(video, cancel)}
      <button>Keep the video</button>
    </form>
    <p id="count">${count} have come</p>
    <ol id="kept">${kept.map(({ name, bytes, sha256 }) => html`<li>${name} ${bytes} ${sha256}</li>`)}</ol>`,
})

interface Keeping {
  readonly assigns: { readonly kept: readonly Kept[]; readonly count: number }
  assign(patch: { readonly kept: readonly Kept[]; readonly count: number }): this
}
const keep = <K extends Keeping>(socket: K, more: readonly Kept[]): K => {
  const { kept, count } = socket.assigns
  return socket.assign({ kept: [...more, ...kept].slice(0, SHOWN), count: count + more.length })
}

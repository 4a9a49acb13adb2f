// Files travel over the socket in chunks, and stand as entries in the
// view's state: chosen, on their way, there, or wrong.
// `consumeUploadedEntries` takes over those that are there.
import { copyFile, readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { attrs, each, type Html, html } from "@bennu/html"
import { liveFileInput, liveImgPreview, type UploadError } from "@bennu/live"
import * as z from "zod"
import { demo } from "../components.ts"
import { liveView } from "../vocabulary.ts"

const KINDS = [".png", ".jpg", ".jpeg", ".gif", ".webp"]
/** Photos that are kept, of all visitors together. */
const KEPT = 60

/** Keeps a photo under a name that begins with the time, so that the oldest is the first to go. */
async function keep(folder: string, path: string, clientName: string): Promise<string> {
  const kind = KINDS.find((kind) => clientName.toLowerCase().endsWith(kind)) ?? ".png"
  const name = `${Date.now()}-${crypto.randomUUID()}${kind}`
  await copyFile(path, join(folder, name))
  const names = (await readdir(folder)).sort()
  await Promise.all(names.slice(0, -KEPT).map((old) => rm(join(folder, old), { force: true })))
  return name
}

const said: Partial<Record<UploadError["code"], string>> = {
  too_large: "is larger than 2 MB",
  too_many_files: "Three at most",
  not_accepted: "is no picture",
  too_many_pixels: "has too many pixels",
}
const problem = ({ code }: UploadError): Html =>
  html`<span class="problem">${said[code] ?? "could not be sent"}</span>`

export const UploadsLive = liveView({
  public: true,
  uploads: {
    photos: { accept: KINDS, maxEntries: 3, maxFileSize: 2_000_000, maxPixels: 20_000_000 },
  },
  events: { choose: {}, save: {}, cancel: z.object({ ref: z.string() }) },
  mount: () => ({ kept: [] as string[] }),
  handleEvent: {
    // the entries are there already: a form with files needs a change event, and that is all
    choose: (socket) => socket,
    async save(socket) {
      const names = await socket.consumeUploadedEntries("photos", ({ path }, { clientName }) =>
        keep(socket.scope.photos, path, clientName),
      )
      return socket.update("kept", (kept) => [...names, ...kept].slice(0, 12))
    },
    cancel: (socket, { ref }) => socket.cancelUpload("photos", ref),
  },
  title: "Uploads",
  render: ({ kept }, { choose, save, cancel }, { uploads: { photos } }) => html`
    ${demo(
      "Up to three pictures",
      html`<form class="stack" id="upload" phx-change="${choose}" phx-submit="${save}">
        <div class="drop" phx-drop-target="${photos.ref}">
          <label for="${photos.ref}">Choose pictures, or drop them here</label>
          ${liveFileInput(photos)}
        </div>
        ${photos.errors.map((error) => html`<p>${problem(error)}</p>`)}
        <ul class="entries">${each(
          photos.entries,
          ({ ref }) => ref,
          (entry) => html`<li>
            ${entry.valid ? liveImgPreview(entry, { alt: "", width: 64, height: 64 }) : html`<span class="blank"></span>`}
            <div>
              <p>${entry.clientName} ${entry.errors.map(problem)}</p>
              <progress ${attrs({ value: entry.progress, max: 100, "aria-label": `Progress of ${entry.clientName}` })}></progress>
            </div>
            <button type="button" class="quiet" aria-label="Leave out ${entry.clientName}" phx-click="${cancel}" phx-value-ref="${entry.ref}">×</button>
          </li>`,
        )}</ul>
        <button disabled="${photos.entries.length === 0}">Upload</button>
      </form>`,
    )}
    ${
      kept.length > 0 &&
      demo(
        "Kept",
        html`<ul class="photos">${each(
          kept,
          (name) => name,
          (name) =>
            html`<li><img src="/photos/${name}" alt="A picture you uploaded" width="160" height="120"></li>`,
        )}</ul>`,
      )
    }`,
})

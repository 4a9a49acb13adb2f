import { type AttrValues, attrs, type Html, html } from "@bennu/html"
import type { Upload, UploadEntry } from "./upload.ts"

const refs = (entries: readonly UploadEntry[]): string => entries.map(({ ref }) => ref).join(",")

/**
 * The input by which files are chosen for an upload. Its form needs a `phx-change` that is handled, and a `phx-submit` unless the upload is
 * `autoUpload`.
 * @param attributes More of them, such as `required`, or `webkitdirectory` to choose a folder.
 * @example html`<form phx-change="${choose}" phx-submit="${save}" phx-drop-target="${photos.ref}">${liveFileInput(photos)}</form>`
 */
export function liveFileInput(upload: Upload, attributes: AttrValues = {}): Html {
  const { ref, name, entries, errors, autoUpload, maxEntries } = upload
  const { accept = upload.accept, ...rest } = attributes
  const done = entries.filter((entry) => entry.done)
  const preflighted = entries.filter((entry) => entry.preflighted)
  const wrong = entries.filter((entry) => entry.errors.length > 0)
  const failed = [...(errors.length > 0 ? [ref] : []), ...wrong.map((entry) => entry.ref)].join(",")
  return html`<input id="${ref}" type="file" name="${name}" accept="${accept}" data-phx-hook="Phoenix.LiveFileUpload" data-phx-upload-ref="${ref}" data-phx-active-refs="${refs(entries)}" data-phx-done-refs="${refs(done)}" data-phx-preflighted-refs="${refs(preflighted)}" data-phx-error-refs="${failed || null}" data-phx-auto-upload="${autoUpload}" multiple="${maxEntries > 1}" ${attrs(rest)}>`
}

/**
 * Shows an image that was chosen, before it is sent and without sending it. A content security policy has to allow it: `img-src blob:`.
 * @param attributes More of them, such as `width` or `alt`.
 */
export function liveImgPreview({ ref, uploadRef }: UploadEntry, attributes: AttrValues = {}): Html {
  const { id = `phx-preview-${ref}`, ...rest } = attributes
  return html`<img id="${id}" data-phx-upload-ref="${uploadRef}" data-phx-entry-ref="${ref}" data-phx-hook="Phoenix.LiveImgPreview" data-phx-update="ignore" ${attrs(rest)}>`
}

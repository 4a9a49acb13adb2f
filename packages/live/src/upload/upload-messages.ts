import type { Awaitable } from "@bennu/core"
import type { MountedComponent } from "../component/mounted-component.ts"
import { inTime } from "../view/callback.ts"
import { chained } from "../view/chained.ts"
import { isRecord } from "../view/client-message.ts"
import type { Reply } from "../view/page.ts"
import type { SocketState } from "../view/socket-state.ts"
import type { ViewProcess } from "../view/view-process.ts"
import { changeUploads } from "./change-uploads.ts"
import { clientEntries, isRef } from "./client-entries.ts"
import { type Granted, type Planning, preflight } from "./planned.ts"
import type { UploadEntry } from "./upload.ts"
import type { UploadState } from "./upload-state.ts"

/** The upload that a message is about, and whose it is. */
interface Meant {
  readonly component: MountedComponent | null
  readonly upload: UploadState
}

function meantBy(
  process: ViewProcess,
  state: SocketState,
  { ref, cid = null }: Readonly<Record<string, unknown>>,
): Meant | null {
  const component = cid === null ? null : process.components.at(cid)
  const upload = (component === null ? state : component)?.uploads.byRef(ref)
  return upload ? { component: component ?? null, upload } : null
}

const changed = (
  state: SocketState,
  { component, upload }: Meant,
  after: UploadState,
): SocketState =>
  changeUploads(state, component, (uploads) => uploads.change(upload.ref, () => after))

/** The page asks whether the files that were chosen may come. */
export function receiveAllowUpload(
  process: ViewProcess,
  payload: unknown,
  reply: Reply,
): Awaitable<void> {
  const sent = isRecord(payload) ? payload : {}
  const entries = clientEntries(sent["entries"])
  // what is not answered with is not sent by the page
  let answer: object = { ref: sent["ref"] ?? null, entries: {}, errors: {}, config: {} }
  return process.handle(
    async (state) => {
      const meant = meantBy(process, state, sent)
      if (!meant) {
        process.options.page.refused("allow_upload", "unknown")
        return null
      }
      const chosen = meant.upload.choose(entries, process.options.running.scope)
      const refs = new Set(entries.map(({ ref }) => ref))
      const { after, granted } = await preflight(chosen, refs, planningOf(process))
      answer = preflightAnswer(after, granted)
      process.options.page.expect(granted.size, toldOf(after, granted))
      return changed(state, meant, after)
    },
    (response) => reply({ ...answer, ...response }),
  )
}

function planningOf({ options: { running, uploads } }: ViewProcess): Planning {
  const { scope } = running
  return { scope, sign: uploads.sign, inTime: (work) => inTime(work, running) }
}

/** How often the page tells of files that come: at each percent at most, after a chunk. */
function toldOf({ declared, entries }: UploadState, granted: Granted): number {
  const times = [...granted.keys()].map((ref) => {
    const { clientSize = 0 } = entries.get(ref) ?? {}
    return Math.min(100, Math.ceil(clientSize / declared.chunkSize))
  })
  return times.reduce((sum, count) => sum + count, 0)
}

function preflightAnswer(upload: UploadState, granted: Granted): object {
  const { ref, errors } = upload
  const { maxFileSize, maxEntries, chunkSize, chunkTimeout, autoUpload } = upload.declared
  if (!autoUpload && errors.length > 0) return { ref, error: errors }
  const byRef = Map.groupBy(errors, ([of]) => of)
  return {
    ref,
    config: {
      ...{ max_file_size: maxFileSize, max_entries: maxEntries },
      ...{ chunk_size: chunkSize, chunk_timeout: chunkTimeout },
    },
    entries: Object.fromEntries(granted),
    errors: Object.fromEntries([...byRef].map(([of, all]) => [of, all.map(([, code]) => code)])),
  }
}

const REASON_LENGTH = 1000

/** The page says how far a file is, or that it failed. */
export function receiveProgress(
  process: ViewProcess,
  payload: unknown,
  reply: Reply,
): Awaitable<void> {
  const sent = isRecord(payload) ? payload : {}
  const { entry_ref: ref, progress } = sent
  return process.handle((state) => {
    const meant = meantBy(process, state, sent)
    const entry = isRef(ref) ? meant?.upload.entries.get(ref) : undefined
    if (!meant || !entry) return null
    const { upload } = meant
    if (isRecord(progress)) {
      const reason = String(progress["error"]).slice(0, REASON_LENGTH)
      return progressed(
        process,
        state,
        meant,
        upload.fail(entry.ref, { code: "external_client_failure", reason }),
        entry.ref,
      )
    }
    const percent = percentOf(process, upload, entry, progress)
    return percent === null
      ? null
      : progressed(process, state, meant, upload.progress(entry.ref, percent), entry.ref)
  }, reply)
}

/** What has come by here is known; of the rest the page's word counts, once it was told that it may. */
function percentOf(
  process: ViewProcess,
  { metas }: UploadState,
  entry: UploadEntry,
  said: unknown,
): number | null {
  if (!Number.isSafeInteger(said) || Number(said) < 0 || Number(said) > 100) return null
  if (!entry.preflighted || !entry.valid) return null
  if (metas.has(entry.ref)) return Number(said)
  const known = process.uploads.percentOf(entry)
  return known === null ? null : Math.min(known, Number(said))
}

/**
 * The page is told at each percent of all files together: it looks at all of them whenever it is told of one, which takes minutes when a
 * thousand are chosen. What a handler changes is told at once.
 */
function progressed(
  process: ViewProcess,
  state: SocketState,
  meant: Meant,
  upload: UploadState,
  ref: string,
): Awaitable<SocketState> {
  const later = upload.percent === meant.upload.percent && upload.errors.length === 0
  const after = { ...changed(state, meant, upload), later }
  const { name } = upload.declared
  const { component } = meant
  const owner = component === null ? process.options.view : component.definition
  const handle = owner.definition.handleProgress?.[name]
  const entry = upload.entries.get(ref)
  if (!handle || !entry) return after
  const told = (ended: SocketState) => (ended === after ? after : { ...ended, later: false })
  if (component) {
    const run = process.components.run(`progress ${name}`, component, after, (socket) =>
      handle(socket, entry),
    )
    return run.then((ended) => ({ ...ended, later: false }))
  }
  return chained(
    process.run(`progress ${name}`, after, (socket) => handle(socket, entry)),
    told,
  )
}

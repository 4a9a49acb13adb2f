// What runs in the browser: the official Phoenix clients as they come from npm, and an uploader for the bucket.
import { Socket } from "phoenix"
import { LiveSocket } from "phoenix_live_view"

/** A file that is to be sent elsewhere, as the client hands it to uploaders. */
interface Entry {
  readonly file: File
  readonly meta: { readonly parts: readonly string[]; readonly size: number }
  progress(percent: number): void
  error(reason: string): void
  onCancel(cancelled: () => void): void
}

/** Sends each part to its own URL, one after another. */
async function send({ file, meta, progress }: Entry, signal: AbortSignal): Promise<void> {
  const { parts, size } = meta
  for (const [index, url] of parts.entries()) {
    const body = file.slice(index * size, (index + 1) * size)
    const { ok } = await fetch(url, { method: "PUT", body, signal })
    if (!ok) throw new Error(`part ${index} was refused`)
    progress(Math.min(99, ((index + 1) / parts.length) * 100))
  }
}

function Parts(entries: readonly Entry[], onViewError: (failed: () => void) => void): void {
  for (const entry of entries) {
    const stop = new AbortController()
    onViewError(() => stop.abort())
    entry.onCancel(() => stop.abort())
    send(
      { ...entry, file: entry.file, meta: entry.meta, progress: (n) => entry.progress(n) },
      stop.signal,
    ).then(
      () => entry.progress(100),
      () => stop.signal.aborted || entry.error("the bucket did not take it"),
    )
  }
}

const token = document.querySelector<HTMLMetaElement>("meta[name='csrf-token']")?.content
const liveSocket = new LiveSocket("/live", Socket, {
  params: () => ({ _csrf_token: token }),
  uploaders: { Parts },
})
liveSocket.connect()
// for the console: liveSocket.enableLatencySim(1000)
Object.assign(window, { liveSocket })

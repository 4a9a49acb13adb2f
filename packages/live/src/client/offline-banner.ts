import { page } from "./page.ts"

/** What is asked of a LiveSocket. */
export interface ConnectedSocket {
  getSocket(): {
    isConnected(): boolean
    onOpen(heard: () => void): unknown
    onClose(heard: () => void): unknown
  }
}

export interface OfflineBannerOptions {
  /** Milliseconds that somebody has to look at a page without a connection (2,000). */
  readonly after?: number | undefined
}

/**
 * Shows an element when the connection is gone for a while, and hides it when it is back. A page that nobody looks at shows nothing,
 * and one that somebody comes back to gets its time to connect.
 * @param banner Is `hidden` or not; give it `role="status"`, so that it is read out.
 * @example offlineBanner(liveSocket, document.querySelector("#offline"))
 */
export function offlineBanner(
  liveSocket: ConnectedSocket,
  banner: { hidden: boolean | string },
  { after = 2_000 }: OfflineBannerOptions = {},
): void {
  const { document } = page()
  const socket = liveSocket.getSocket()
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The connection was there once: a page that is still loading has lost none. */
  let known = socket.isConnected()

  const stop = () => {
    clearTimeout(timer)
    timer = undefined
  }
  // each attempt to connect that fails is a close of its own, and takes nothing from the time that runs
  const wait = () => {
    if (!known || socket.isConnected() || document.hidden) return stop()
    timer ??= setTimeout(() => {
      banner.hidden = false
    }, after)
  }
  banner.hidden = true
  socket.onOpen(() => {
    known = true
    stop()
    banner.hidden = true
  })
  socket.onClose(wait)
  document.addEventListener("visibilitychange", () => {
    stop()
    wait()
  })
}

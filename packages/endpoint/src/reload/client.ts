/**
 * What a page runs: it reloads when told so, or when the server that comes back is another one; new styles it takes
 * without losing what is on the page. It reads its socket's path from its own address.
 */
export const client = `"use strict"
{
  const { src } = document.currentScript
  const url = new URL("socket", src)
  url.protocol = url.protocol.replace("http", "ws")
  let boot, wait = 100
  const styles = () => {
    for (const link of document.querySelectorAll('link[rel="stylesheet"]')) {
      const href = new URL(link.href)
      if (href.origin !== location.origin) continue
      href.searchParams.set("reload", Date.now())
      const next = link.cloneNode()
      next.href = href.href
      next.addEventListener("load", () => link.remove(), { once: true })
      link.after(next)
    }
  }
  const connect = () => {
    const socket = new WebSocket(url)
    socket.onmessage = ({ data }) => {
      wait = 100
      if (data === "css") return styles()
      if (data === "reload" || (boot !== undefined && boot !== data)) return location.reload()
      boot = data
    }
    socket.onclose = () => setTimeout(connect, (wait = Math.min(wait * 2, 2000)))
  }
  connect()
}
`

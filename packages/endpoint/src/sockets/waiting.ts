import type { Duplex } from "node:stream"

// a client has nothing to say before it was let in; a little may come along
const MAX_EARLY = 4_096

/**
 * Watches a connection while its handler decides about it: nobody else reads it meanwhile, so nobody else would notice
 * that its client has left.
 * @returns Stops watching, and hands out what came early.
 */
export function watch(socket: Duplex, head: Buffer): () => Buffer {
  const early = [head]
  let size = head.length
  const take = (chunk: Buffer) => {
    size += chunk.length
    if (size > MAX_EARLY) socket.destroy()
    else early.push(chunk)
  }
  const leave = () => socket.destroy()
  socket.on("data", take)
  socket.once("end", leave)
  return () => {
    socket.off("data", take)
    socket.off("end", leave)
    return Buffer.concat(early, size)
  }
}

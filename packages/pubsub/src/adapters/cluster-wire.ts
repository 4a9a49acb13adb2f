import type { Wire } from "../internal/link.ts"

/** What goes between a worker and its primary. No packet: the worker wants to hear from now on. */
export interface Parcel {
  readonly bennu: string
  readonly packet?: string
}

/** One that speaks and hears through the broker. */
export interface Member extends Disposable {
  publish(packet: string): Promise<void>
}

/** All we ask of a worker's own process. */
export interface WorkerProcess {
  readonly connected: boolean
  send?(message: unknown, ...rest: [undefined, undefined, (error: Error | null) => void]): boolean
  on(event: "message", listener: (message: unknown) => void): unknown
  on(event: "disconnect", listener: () => void): unknown
  off(event: "message" | "disconnect", listener: (message: unknown) => void): unknown
}

export const isParcel = (message: unknown, channel: string): message is Parcel =>
  typeof message === "object" && message !== null && "bennu" in message && message.bennu === channel

export function clusterWire(
  join: (hear: (packet: string) => void, fail: (error: unknown) => void) => Member,
): Wire {
  return {
    name: "cluster",
    async open(hear, fail, signal) {
      const member = join(hear, fail)
      const leave = () => member[Symbol.dispose]()
      if (signal.aborted) leave()
      else signal.addEventListener("abort", leave)
      return member
    },
  }
}

/** A worker, seen from within. */
export function memberOf(
  process: WorkerProcess,
  channel: string,
  hear: (packet: string) => void,
  fail: (error: unknown) => void,
): Member {
  const listen = (message: unknown) => {
    if (isParcel(message, channel) && message.packet !== undefined) hear(message.packet)
  }
  const gone = () => fail(new Error("the primary is gone"))
  const send = (parcel: Parcel) =>
    new Promise<void>((resolve, reject) => {
      if (!process.send || !process.connected) return reject(new Error("this is no worker"))
      process.send(parcel, undefined, undefined, (error) => (error ? reject(error) : resolve()))
    })
  process.on("message", listen)
  process.on("disconnect", gone)
  // Parcels of one process arrive in order: it has joined when it speaks
  send({ bennu: channel }).catch(fail)
  return {
    publish: (packet) => send({ bennu: channel, packet }),
    [Symbol.dispose]() {
      process.off("message", listen)
      process.off("disconnect", gone)
    },
  }
}

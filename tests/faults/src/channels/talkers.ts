import { type ClientChannel, channelOf } from "@bennu/channels/client"
import { type Channel, Socket } from "phoenix"
import type { Room } from "./room.ts"

/** A person with the official client, who talks all the time and writes down what is heard. */
class Talker {
  readonly name: string
  readonly socket: Socket
  readonly room: ClientChannel<Room, Channel>
  /** How often each message was heard. */
  readonly heard = new Map<string, number>()
  /** When it was told that it has missed more than there is to replay. */
  told = 0
  joins = 0
  #number = 0
  #talking: NodeJS.Timeout | undefined

  constructor(url: string, name: string) {
    this.name = name
    this.socket = new Socket(`${url}/socket`, {
      params: { user: name },
      transport: WebSocket,
      reconnectAfterMs: (tries) => Math.min(50 * tries, 500),
      rejoinAfterMs: (tries) => Math.min(50 * tries, 500),
    })
    this.room = channelOf<Room, Channel>(this.socket, "room:1", {})
    this.room.on("said", ({ from, number }) => {
      const message = `${from} ${number}`
      this.heard.set(message, (this.heard.get(message) ?? 0) + 1)
    })
    this.room.onGap(() => {
      this.told = performance.now()
    })
    this.room.onJoin(() => {
      this.joins += 1
    })
  }

  /** @param said Hears of each message that was answered, which is a promise that it was sent. */
  talk(every: number, said: (message: string) => void): void {
    this.#talking = setInterval(async () => {
      if (!this.socket.isConnected()) return
      const number = ++this.#number
      const { ok } = await this.room.push("say", { from: this.name, number })
      if (ok) said(`${this.name} ${number}`)
    }, every)
  }

  hush(): void {
    clearInterval(this.#talking)
  }
}

/** People in one room, and the history of what was said there. */
export class Talkers implements Disposable {
  readonly #all: readonly Talker[]
  /** When each message was answered. */
  readonly #said = new Map<string, number>()

  private constructor(all: readonly Talker[]) {
    this.#all = all
  }

  static async join(url: string, count: number): Promise<Talkers> {
    const all = Array.from({ length: count }, (_, at) => new Talker(url, `t${at}`))
    for (const { socket } of all) socket.connect()
    await Promise.all(all.map(({ room }) => room.join()))
    return new Talkers(all)
  }

  /** @param every Milliseconds from one message to the next of the same one. */
  talk(every: number): void {
    for (const talker of this.#all) {
      talker.talk(every, (message) => this.#said.set(message, performance.now()))
    }
  }

  hush(): void {
    for (const talker of this.#all) talker.hush()
  }

  areThere(): boolean {
    return this.#all.every(({ room }) => room.channel.state === "joined")
  }

  /** What of all that was said did not arrive, and what of that nobody was told of. */
  judge() {
    let missed = 0
    let unnoticed = 0
    let twice = 0
    for (const { heard, told } of this.#all) {
      for (const [message, answered] of this.#said) {
        if (heard.has(message)) continue
        if (answered <= told) missed += 1
        else unnoticed += 1
      }
      for (const [, times] of heard) if (times > 1) twice += 1
    }
    const said = this.#said.size
    const rejoins = this.#all.reduce((sum, { joins }) => sum + joins - 1, 0)
    return { said, deliveries: said * this.#all.length, missed, unnoticed, twice, rejoins }
  }

  [Symbol.dispose](): void {
    this.hush()
    for (const { socket } of this.#all) socket.disconnect()
  }
}

import { BennuError } from "@bennu/core"

/** The socket was not opened. */
export class SocketRefusedError extends BennuError {
  readonly code = "ERR_CHANNELS_TEST_SOCKET_REFUSED"
  /** What the client got instead of a socket. */
  override readonly status: number
  constructor(status: number) {
    super(`the socket was refused with status ${status}`)
    this.status = status
  }
}

/** The channel was not joined. */
export class JoinRefusedError extends BennuError {
  readonly code = "ERR_CHANNELS_TEST_JOIN_REFUSED"
  readonly topic: string
  /** What the client's `receive("error", …)` gets. */
  readonly response: unknown
  constructor(topic: string, response: unknown) {
    super(`joining ${JSON.stringify(topic)} was refused: ${JSON.stringify(response)}`)
    this.topic = topic
    this.response = response
  }
}

/** What a test waits for did not come. */
export class NothingArrivedError extends BennuError {
  readonly code = "ERR_CHANNELS_TEST_NOTHING"
  constructor(what: string, arrived: readonly unknown[]) {
    const rest = arrived.map((message) => `\n  ${JSON.stringify(message)}`).join("")
    super(`${what} did not arrive${rest === "" ? "" : `; there is${rest}`}`)
  }
}

import { BennuError } from "@bennu/core"

/** What a client sent is not a frame of this protocol. Its socket is closed. */
export class MalformedFrameError extends BennuError {
  readonly code = "ERR_CHANNELS_FRAME"
  override readonly status = 400
}

/** A name is longer than a binary frame can carry. */
export class NameTooLongError extends BennuError {
  readonly code = "ERR_CHANNELS_NAME"
  constructor(bytes: number) {
    super(`a binary frame carries names of 255 bytes at most; this one has ${bytes}`)
  }
}

/** One event was answered a second time. */
export class AnsweredTwiceError extends BennuError {
  readonly code = "ERR_CHANNELS_ANSWERED"
  readonly topic: string
  readonly event: string
  constructor(topic: string, event: string) {
    super(`${JSON.stringify(event)} on ${JSON.stringify(topic)} was answered already`, {
      hint: "The client hears the first answer only: push what comes later as an event of its own.",
    })
    this.topic = topic
    this.event = event
  }
}

/** A channel gets more than it handles. */
export class MailboxFullError extends BennuError {
  readonly code = "ERR_CHANNELS_MAILBOX"
  override readonly status = 503
  readonly topic: string
  constructor(topic: string, limit: number) {
    super(`${limit} messages wait for ${JSON.stringify(topic)}; it is restarted without them`, {
      hint: "Look for a handler that waits long, or raise limits.mailbox.",
    })
    this.topic = topic
  }
}

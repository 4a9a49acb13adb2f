import { BennuError } from "@bennu/core"

/** A server that a test asks for is not installed here. */
export class ServerMissingError extends BennuError {
  readonly code = "ERR_TESTING_SERVER_MISSING"
  readonly server: string
  constructor(server: string, hint: string) {
    super(`there is no ${server} on this machine`, { hint })
    this.server = server
  }
}

/** A program ended before it was ready. */
export class ProgramEndedError extends BennuError {
  readonly code = "ERR_TESTING_PROGRAM_ENDED"
  readonly command: string
  /** The last of what it printed. */
  readonly output: string
  constructor(command: string, how: string, output: string) {
    super(`${command} ended with ${how} before it was ready\n${output}`)
    this.command = command
    this.output = output
  }
}

/** A program runs, and has not said that it can be used. */
export class ProgramNotReadyError extends BennuError {
  readonly code = "ERR_TESTING_PROGRAM_NOT_READY"
  readonly command: string
  readonly output: string
  constructor(command: string, waited: number, output: string) {
    super(`${command} was not ready after ${waited} ms\n${output}`, {
      hint: "Compare what it printed with `ready`, or raise `readyTimeout`.",
    })
    this.command = command
    this.output = output
  }
}

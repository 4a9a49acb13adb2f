import { BennuError } from "@bennu/core"

/** There is no configuration, or it cannot be read. */
export class ConfigError extends BennuError {
  readonly code = "ERR_CLI_CONFIG"
  /** The file, or the folder in which it was looked for. */
  readonly path: string

  constructor(path: string, message: string, options: { cause?: unknown; hint: string }) {
    super(message, options)
    this.path = path
  }
}

import { BennuError } from "@bennu/core"

/** Values of this schema cannot be made up. */
export class ArbitraryError extends BennuError {
  readonly code = "ERR_TESTING_ARBITRARY"
  constructor(message: string, hint: string) {
    super(message, { hint })
  }
}

import { BennuError } from "@bennu/core"

/** The difference between two schemas can be read in two ways, or its way back does not lead back. */
export class GenerateError extends BennuError {
  readonly code = "ERR_MIGRATIONS_GENERATE"
}

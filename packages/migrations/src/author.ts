import { hostname, userInfo } from "node:os"
import type { Author } from "./ledger.ts"

/** Who migrates: as they say, else the user and the host of this process. */
export const authorOf = ({
  by = [userName(), hostname()].filter(Boolean).join("@"),
  appVersion = process.env["npm_package_version"] ?? null,
}: {
  readonly by?: string | undefined
  readonly appVersion?: string | null | undefined
}): Author => ({ by, appVersion })

/** A container may run as a user that has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return ""
  }
}

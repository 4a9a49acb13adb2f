import { readFileSync } from "node:fs"
import { ServerMissingError } from "../errors.ts"

export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

/** Whom to run a server as that refuses to be root; undefined where this process is not root either. */
export function unprivileged(server: string): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
  const user =
    users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody")
  if (user === undefined)
    throw new ServerMissingError(`user to run ${server} as`, "Do not run the tests as root.")
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

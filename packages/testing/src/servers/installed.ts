import { spawnSync } from "node:child_process"

/** The first of some commands that this machine has. */
export const installed = (...commands: readonly string[]): string | undefined =>
  commands.find((command) => spawnSync(command, ["--version"]).status === 0)

// One process at a time: what is started twice at once in a checkout waits for its turn.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** Whether the process that wrote its pid there is still running. */
function alive(directory) {
  try {
    process.kill(Number(readFileSync(join(directory, "pid"), "utf8")), 0)
    return true
  } catch (error) {
    // no pid yet: the holder is between its two steps; a foreign process: it lives
    return error.code === "ENOENT" ? undefined : error.code === "EPERM"
  }
}

/**
 * Takes the lock, waiting for whoever holds it; returns what gives it back. A holder that was killed is not waited for.
 * @param {string} directory Made when taken, removed when given back.
 * @param {string} what Said to the person who has to wait.
 */
export async function lock(directory, what) {
  mkdirSync(dirname(directory), { recursive: true })
  for (let waited = 0; ; waited++) {
    try {
      mkdirSync(directory)
      writeFileSync(join(directory, "pid"), `${process.pid}`)
      const release = () => rmSync(directory, { recursive: true, force: true })
      process.once("exit", release)
      return () => {
        process.removeListener("exit", release)
        release()
      }
    } catch (error) {
      if (error.code !== "EEXIST") throw error
    }
    const state = alive(directory)
    if (state === false || (state === undefined && waited > 20)) {
      rmSync(directory, { recursive: true, force: true })
      continue
    }
    if (waited === 4) console.error(`waiting for another process that ${what} here`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

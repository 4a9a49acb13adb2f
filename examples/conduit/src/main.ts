import { BennuError } from "@bennu/core"
import { start } from "./app.ts"

try {
  console.log(`Conduit is at ${await start()}`)
} catch (error) {
  // what a person can do something about is said in their words; the rest with its stack
  if (!(error instanceof BennuError)) throw error
  console.error([error.message, error.hint].filter(Boolean).join("\n"))
  process.exitCode = 1
}

import "@bennu/html/jsx-register"
import { BennuError } from "@bennu/core"

try {
  // imported once Node.js knows TSX, in which one of the pages is written
  const { start } = await import("./app.ts")
  console.log(`The showcase is at ${(await start()).href}`)
} catch (error) {
  // what a person can do something about is said in their words; the rest with its stack
  if (!(error instanceof BennuError)) throw error
  console.error([error.message, error.hint].filter(Boolean).join("\n"))
  process.exitCode = 1
}

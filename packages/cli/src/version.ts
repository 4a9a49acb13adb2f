import { readFileSync } from "node:fs"
import * as z from "zod"

const Manifest = z.object({ version: z.string() })

/** Of this package. */
export const version = Manifest.parse(
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")),
).version

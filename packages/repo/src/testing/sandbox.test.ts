import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import { pglite } from "../drivers/pglite.ts"
import { sandboxContract } from "./sandbox-contract.ts"

const home = mkdtempSync(join(tmpdir(), "bennu-sandbox-"))
afterAll(() => rmSync(home, { recursive: true, force: true }))

sandboxContract("PGlite", () => pglite({ dir: join(home, "db") }))

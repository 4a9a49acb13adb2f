// What the visits of the protocol are paid to, with a page that makes them in a browser.
import { join } from "node:path"
import { build } from "esbuild"
import { visited } from "../../../packages/channels/fixtures/visited.ts"

const visits = join(import.meta.dirname, "../../../packages/channels/fixtures/visits.ts")
const { outputFiles } = await build({
  entryPoints: [visits],
  bundle: true,
  format: "iife",
  globalName: "visits",
  target: "es2022",
  write: false,
})
const page: { body: string; type: string } = { type: "application/json", body: "" }
const server = await visited({
  files: {
    "/": {
      type: "text/html",
      body: '<!doctype html><link rel="icon" href="data:,"><script src="/visits.js"></script>',
    },
    "/visits.js": { type: "text/javascript", body: outputFiles[0]?.text ?? "" },
    "/page.json": page,
  },
})
page.body = JSON.stringify(server.page)
process.on("SIGTERM", () => process.exit(0))
console.log(`The server is at ${new URL("/", server.url.replace("ws:", "http:"))}`)

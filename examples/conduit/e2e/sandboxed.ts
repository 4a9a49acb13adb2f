import { rmSync } from "node:fs"
import { join } from "node:path"
import { supervisor } from "@bennu/core"
import { endpoint } from "@bennu/endpoint"
import { liveSocket } from "@bennu/live"
import { cookieSessions } from "@bennu/plug/session"
import { local, openPubSub } from "@bennu/pubsub"
import { pglite } from "@bennu/repo/pglite"
import { openSandbox } from "@bennu/repo/testing"
import { memoryStore } from "@bennu/store"
import { setup, withRepo } from "@bennu/testing"
import { allowTestSockets, allowTests } from "@bennu/testing/web"
import { buildAssets } from "../src/build-assets.ts"
import { document } from "../src/layout.ts"
import { picturesIn } from "../src/pictures.ts"
import { appRouter } from "../src/router.ts"
import { dataDirectory } from "./server.ts"

/** Conduit in this very process, started once: tests are let into it, and see the seeds and what they write themselves. */
export async function sandboxedConduit() {
  await using opening = new AsyncDisposableStack()
  const data = dataDirectory()
  opening.defer(() => rmSync(data, { recursive: true, force: true }))
  const app = opening.use(supervisor({ name: "conduit-sandboxed", shutdownTimeout: "5s" }))
  const sandbox = opening.use(await openSandbox({ driver: pglite({ dir: join(data, "db") }) }))
  const tests = setup().and(withRepo(sandbox))
  const pubsub = await app.start(openPubSub({ adapter: local() }))
  const assets = await buildAssets(join(data, "assets"))
  const secret = "s".repeat(64)
  const router = appRouter({
    ports: { repo: sandbox.repo, pubsub, pictures: picturesIn(join(data, "pictures")) },
    sessions: cookieSessions({ secret, encrypt: true }),
    store: memoryStore(),
    layout: document(assets),
  })
  const live = liveSocket({ router, pubsub, secret, park: false })
  const { url } = await app.start(
    endpoint({
      router,
      port: 0,
      before: allowTests(tests),
      static: { "/assets": assets.dir },
      sockets: { "/live": allowTestSockets(tests, live) },
    }),
  )
  const opened = opening.move()
  return { url: url.href, tests, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() }
}

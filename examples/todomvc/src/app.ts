import { join } from "node:path"
import { developmentSecret, env, supervisor } from "@bennu/core"
import { endpoint } from "@bennu/endpoint"
import { liveSocket } from "@bennu/live"
import { migrate, migrationsIn } from "@bennu/migrations"
import { local, openPubSub } from "@bennu/pubsub"
import { openRepo } from "@bennu/repo"
import { pglite } from "@bennu/repo/pglite"
import * as z from "zod"
import { buildAssets } from "./build-assets.ts"
import { appRouter } from "./router.ts"

const Config = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  SECRET_KEY_BASE: z.string().min(64).optional(),
  DATA_DIR: z.string().min(1).default(".data/todomvc"),
})

/** TodoMVC, from its parts: started top to bottom, stopped bottom to top. */
export async function start(source: NodeJS.ProcessEnv = process.env) {
  const { PORT: port, SECRET_KEY_BASE, DATA_DIR: data } = env(Config, source)
  const app = supervisor({ name: "todomvc", shutdownTimeout: "15s", signals: true })
  const secret = SECRET_KEY_BASE ?? developmentSecret(join(data, "secret"))
  const repo = await app.start(openRepo({ driver: pglite({ dir: join(data, "db") }) }))
  await migrate(repo.sql, await migrationsIn(join(import.meta.dirname, "../migrations")))
  const pubsub = await app.start(openPubSub({ adapter: local() }))
  const assets = await buildAssets(join(data, "assets"))
  const router = appRouter({ ports: { repo, pubsub }, secret, assets })
  const { url } = await app.start(
    endpoint({
      router,
      port,
      static: { "/assets": assets.dir },
      sockets: { "/live": liveSocket({ router, pubsub, secret }) },
    }),
  )
  return url
}

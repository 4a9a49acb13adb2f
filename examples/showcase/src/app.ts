import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { developmentSecret, env, supervisor } from "@bennu/core"
import { endpoint } from "@bennu/endpoint"
import { liveSocket, viewCrashed } from "@bennu/live"
import { cspViolated } from "@bennu/plug/headers"
import { local, openPresence, openPubSub } from "@bennu/pubsub"
import * as z from "zod"
import { buildAssets } from "./build-assets.ts"
import { document } from "./layout.ts"
import { appRouter } from "./router.ts"

const Config = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  SECRET_KEY_BASE: z.string().min(64).optional(),
  DATA_DIR: z.string().min(1).default(".data/showcase"),
})

/** The showcase, from its parts: started top to bottom, stopped bottom to top. */
export async function start(source: NodeJS.ProcessEnv = process.env) {
  const { PORT: port, SECRET_KEY_BASE, DATA_DIR: data } = env(Config, source)
  const app = supervisor({ name: "showcase", shutdownTimeout: "15s", signals: true })
  const secret = SECRET_KEY_BASE ?? developmentSecret(join(data, "secret"))
  const pubsub = await app.start(openPubSub({ adapter: local() }))
  const presence = await app.start(openPresence({ pubsub, signal: app.signal }))
  const assets = await buildAssets(join(data, "assets"))
  const photos = join(data, "photos")
  await mkdir(photos, { recursive: true })
  const router = appRouter({
    ports: { pubsub, presence, photos },
    secret,
    layout: document(assets),
  })
  const { url } = await app.start(
    endpoint({
      router,
      port,
      static: { "/assets": assets.dir, "/photos": photos },
      sockets: {
        "/live": liveSocket({
          router,
          pubsub,
          secret,
          park: { anonymous: "3s" },
        }),
      },
    }),
  )
  cspViolated.subscribe(({ page, directive, blocked }) =>
    console.warn(`${page} was refused ${blocked} by ${directive}`),
  )
  viewCrashed.subscribe(({ view, error }) => console.warn(`${view} crashed: ${error}`))
  return url
}

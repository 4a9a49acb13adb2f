import { join } from "node:path"
import { type Child, developmentSecret, env, supervisor } from "@bennu/core"
import { endpoint } from "@bennu/endpoint"
import { liveSocket } from "@bennu/live"
import { checkConstraints, migrate, migrationsIn, seed } from "@bennu/migrations"
import { forceHttps, pipeline } from "@bennu/plug"
import { compress } from "@bennu/plug/compress"
import { cspViolated } from "@bennu/plug/headers"
import { logRequests } from "@bennu/plug/log"
import { storeSessions } from "@bennu/plug/session"
import { local, openPubSub } from "@bennu/pubsub"
import { redis } from "@bennu/pubsub/redis"
import { checkSchemas } from "@bennu/schema"
import { memoryStore, type Store } from "@bennu/store"
import { postgresStore } from "@bennu/store/postgres"
import { redisStore } from "@bennu/store/redis"
import * as z from "zod"
import { buildAssets } from "./build-assets.ts"
import { database, migrations, schemas, seeds } from "./database.ts"
import { errorPage } from "./error-page.ts"
import { document } from "./layout.ts"
import { picturesIn } from "./pictures.ts"
import { appRouter } from "./router.ts"

const Config = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  SECRET_KEY_BASE: z.string().min(64).optional(),
  DATA_DIR: z.string().min(1).default(".data"),
  PUBLIC_HOST: z.string().optional(),
  TRUST_PROXY: z.string().optional(),
})

/** Conduit, from its parts: started top to bottom, stopped bottom to top. */
export async function start(source: NodeJS.ProcessEnv = process.env) {
  const { PORT: port, DATA_DIR: data, ...given } = env(Config, source)
  const { DATABASE_URL, REDIS_URL, SECRET_KEY_BASE, PUBLIC_HOST: host, TRUST_PROXY } = given
  // what cannot start to its end is taken back
  await using started = new AsyncDisposableStack()
  const app = started.use(supervisor({ name: "conduit", shutdownTimeout: "15s", signals: true }))
  const secret = SECRET_KEY_BASE ?? developmentSecret(join(data, "secret"))
  const repo = await app.start(database(DATABASE_URL, data))
  await migrate(repo.sql, await migrationsIn(migrations))
  checkSchemas(...schemas)
  await checkConstraints(repo.sql, schemas)
  await seed(repo, seeds)
  const pubsub = await app.start(
    openPubSub({ adapter: REDIS_URL ? redis({ url: REDIS_URL }) : local() }),
  )
  const assets = await buildAssets(join(data, "assets"))
  // a name outlives a restart; what was counted need not, unless there are several who count
  const shared = REDIS_URL ? await app.start(reachable(REDIS_URL)) : null
  const router = appRouter({
    ports: { repo, pubsub, pictures: picturesIn(join(data, "pictures")) },
    sessions: storeSessions({ store: shared ?? postgresStore({ sql: repo.sql }), secret }),
    store: shared ?? memoryStore(),
    layout: document(assets),
  })
  const { url: address } = await app.start(
    endpoint({
      router,
      port,
      trustProxy: TRUST_PROXY?.split(","),
      before: host
        ? pipeline(logRequests(), compress(), forceHttps({ host }))
        : pipeline(logRequests(), compress()),
      errorPage: errorPage(assets.css),
      static: { "/assets": assets.dir },
      sockets: { "/live": liveSocket({ router, pubsub, secret }) },
    }),
  )
  cspViolated.subscribe(({ page, directive, blocked }) =>
    console.warn(`${page} was refused ${blocked} by ${directive}`),
  )
  started.move()
  return address
}

/** A store in Redis. A wrong address is told at the start, and not to the first visitor. */
const reachable = (url: string): Child<Store> => ({
  name: "store",
  async start() {
    await using opened = new AsyncDisposableStack()
    const store = opened.use(redisStore({ url }))
    await store.get("is anybody there?")
    opened.move()
    return store
  },
})

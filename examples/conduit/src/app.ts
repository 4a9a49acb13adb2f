import { join } from "node:path"
import { type Child, supervisor } from "@bennu/core"
import { endpoint, liveReload } from "@bennu/endpoint"
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
import { buildAssets } from "./build-assets.ts"
import { configOf } from "./config.ts"
import { database, migrations, schemas, seeds } from "./database.ts"
import { errorPage } from "./error-page.ts"
import { document } from "./layout.ts"
import { picturesIn } from "./pictures.ts"
import { appRouter } from "./router.ts"
import { watchQueries } from "./watch-queries.ts"

/** Conduit, from its parts: started top to bottom, stopped bottom to top. */
export async function start(source: NodeJS.ProcessEnv = process.env) {
  const { data, secret, host, databaseUrl, redisUrl, ...config } = configOf(source)
  // what cannot start to its end is taken back
  await using started = new AsyncDisposableStack()
  const app = started.use(supervisor({ name: "conduit", shutdownTimeout: "15s", signals: true }))
  const repo = await app.start(database(databaseUrl, data))
  await migrate(repo.sql, await migrationsIn(migrations))
  checkSchemas(...schemas)
  await checkConstraints(repo.sql, schemas)
  await seed(repo, seeds)
  const pubsub = await app.start(
    openPubSub({ adapter: redisUrl ? redis({ url: redisUrl }) : local() }),
  )
  const assets = await buildAssets(join(data, "assets"))
  // a name outlives a restart; what was counted need not, unless there are several who count
  const shared = redisUrl ? await app.start(reachable(redisUrl)) : null
  const router = appRouter({
    ports: { repo, pubsub, pictures: picturesIn(join(data, "pictures")) },
    sessions: storeSessions({ store: shared ?? postgresStore({ sql: repo.sql }), secret }),
    store: shared ?? memoryStore(),
    layout: document(assets),
  })
  const reload = await app.start(liveReload({ watch: [], enabled: config.liveReload }))
  const { url } = await app.start(
    endpoint({
      ...config.listen,
      router,
      before: pipeline(
        logRequests(),
        compress(),
        reload.plug,
        ...(config.liveReload ? [watchQueries()] : []),
        ...(host ? [forceHttps({ host })] : []),
      ),
      errorPage: errorPage(assets.file("app.css")),
      static: { "/assets": assets.dir },
      sockets: { "/live": liveSocket({ router, pubsub, secret }), ...reload.sockets },
      health: { parts: () => app.health() },
    }),
  )
  cspViolated.subscribe(({ page, directive, blocked }) =>
    console.warn(`${page} was refused ${blocked} by ${directive}`),
  )
  started.move()
  const { path } = config.listen
  return path === undefined ? url.href : `http://unix:${path}`
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

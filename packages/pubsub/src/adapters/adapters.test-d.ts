import postgresJs from "postgres"
import { createClient, createCluster, createSentinel } from "redis"
import { test } from "vitest"
import { cluster } from "./cluster.ts"
import { postgres } from "./postgres.ts"
import { redis } from "./redis.ts"

test("what node-redis makes fits", () => {
  redis({ client: () => createClient({ socket: { reconnectStrategy: false } }) })
  redis({ client: () => createCluster({ rootNodes: [{ url: "redis://localhost" }] }) })
  redis({ client: () => createSentinel({ name: "main", sentinelRootNodes: [] }) })
  // @ts-expect-error a client that is shared is none: it is destroyed with its connection
  redis({ client: createClient() })
})

test("what postgres.js makes fits", () => {
  postgres({ client: () => postgresJs("postgres://localhost/app", { max: 1 }) })
})

test("options that do not exist do not compile", () => {
  // @ts-expect-error a queue is bounded by maxQueue
  redis({ url: "redis://localhost", queueLimit: 1 })
  // @ts-expect-error a worker has no url
  cluster({ url: "" })
})

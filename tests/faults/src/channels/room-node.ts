// A node with rooms, a process of its own: joined to the others over Redis, stopped by SIGTERM as an app is, and told by its parent
// whose session has ended.
import { type Revoked, socket } from "@bennu/channels"
import { ok, supervisor } from "@bennu/core"
import { endpoint } from "@bennu/endpoint"
import { openPubSub } from "@bennu/pubsub"
import { redis } from "@bennu/pubsub/redis"
import { router } from "@bennu/router"
import { roomOf } from "./room.ts"

const { REDIS_URL: url, FORGETS } = process.env
const revocations = {
  subscribe(listener: (revoked: Revoked) => void): Disposable {
    const hear = (session: unknown) => listener({ session: String(session) })
    process.on("message", hear)
    return { [Symbol.dispose]: () => void process.off("message", hear) }
  },
}

const app = supervisor({ name: "rooms", signals: true })
const pubsub = await app.start(openPubSub({ adapter: redis({ url }) }))
const rooms = socket({
  channels: { "room:*": roomOf(FORGETS !== undefined) },
  pubsub,
  connect: ({ params }) => ok(String(params["user"])),
  session: (user) => user,
  revocations,
  checkOrigin: false,
  limits: { socketsPerSession: 1_000 },
})
const server = await app.start(
  endpoint({ router: router(), port: 0, sockets: { "/socket": rooms } }),
)
process.on("disconnect", () => process.exit(1))
console.log(`Rooms are at ${server.url}`)

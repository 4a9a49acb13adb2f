// One node of the chat: what it consists of, in the order in which it starts.
import { socket } from "@bennu/channels"
import { env, supervisor } from "@bennu/core"
import { local, openPresence, openPubSub } from "@bennu/pubsub"
import { redis } from "@bennu/pubsub/redis"
import * as z from "zod"
import { buildFiles } from "./files.ts"
import { Room } from "./room.ts"
import { chatServer } from "./server.ts"

const Config = z.object({
  PORT: z.coerce.number().int().default(4000),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
})
const { PORT: port, REDIS_URL: url } = env(Config, process.env)

const app = supervisor({ name: "chat", signals: true })
const pubsub = await app.start(openPubSub({ adapter: url ? redis({ url }) : local() }))
const presence = await app.start(openPresence({ pubsub, signal: app.signal }))
const rooms = socket({ channels: { "room:*": Room }, pubsub, presence })
const server = await app.start(chatServer({ port, rooms, files: await buildFiles() }))
// a node that was started with others does not outlive who started them
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"))
console.log(`Chat is at ${server.url}`)

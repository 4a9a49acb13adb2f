// The endpoint beside its peers: speed, then where the time goes, what memory stays, and what others notice of an attack.
//   ENDPOINT_RUN=speed|profile|memory|hostile    does only this
//   ENDPOINT_ONLY=json,browser                   asks for these only
//   ENDPOINT_PEERS=fastify                       beside these only
//   ENDPOINT_PROFILE=functions                   lists the functions, too
import { bystander } from "./hostile.ts"
import { type Work, works } from "./load.ts"
import { memory } from "./memory.ts"
import { profile } from "./profile.ts"
import { speed } from "./speed.ts"

const listed = (name: string) => process.env[name]?.split(",")
// every key is one of works
const all = Object.keys(works) as Work[]
const only = listed("ENDPOINT_ONLY")
const asked = all.filter((work) => only?.includes(work) ?? true)
const peers = listed("ENDPOINT_PEERS") ?? ["node:http", "fastify", "hono", "express"]
const run = listed("ENDPOINT_RUN") ?? ["speed", "profile", "memory", "hostile"]

if (run.includes("speed")) await speed(asked, peers)
if (run.includes("profile")) await profile(asked, ["node:http", "fastify"])
if (run.includes("memory")) await memory(asked)
if (run.includes("hostile")) await bystander()

// The endpoint beside its peers: speed, then where the time goes, what memory stays, and what others notice of an attack.
//   ENDPOINT_RUN=speed|profile|memory|hostile    does only this
//   ENDPOINT_ONLY=json,browser                   asks for these only
//   ENDPOINT_PEERS=fastify                       beside these only
//   ENDPOINT_PROFILE=functions                   lists the functions, too
import { loadavg } from "node:os"
import { note } from "../../../scripts/bench-harness.mjs"
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

// what a reader has to know who was not there; figures are printed by what measures them, so that no sentence outlives them
note(
  `Before it began, the machine's load was ${loadavg()[0]?.toFixed(1)}. Ours answers with all of its defaults on: a request id, limits and idle connections looked after, canonical paths, errors as pages. \
What makes up for that is Node's \`optimizeEmptyRequests\` (nothing is emitted of a body that there is none of) and one clock for all idle connections. A POST makes promises where Fastify calls back. All servers have a young generation of 32 MB, and of three turns in a row the one that was disturbed least counts.`,
)
if (run.includes("speed")) await speed(asked, peers)
if (run.includes("profile")) await profile(asked, ["node:http", "fastify"])
if (run.includes("memory")) await memory(asked)
if (run.includes("hostile")) await bystander()

// Prints how many milliseconds of CPU a process needs to build a table of 10,000 routes with the router that is named,
// and to answer once: what an app pays when it starts.
import { routers } from "./routers.ts"
import * as tables from "./tables.ts"

const [name = "ours"] = process.argv.slice(2)
const lines = tables.resources(10_000)
const [first] = tables.ofResources(10_000)["static"] ?? []
const started = process.cpuUsage()
const made = routers[name]?.(lines)
if (!made?.match("GET", first?.path ?? "")) throw new Error(`${name} is wrong`)
const { user, system } = process.cpuUsage(started)
console.log(JSON.stringify({ "10000 routes": (user + system) / 1_000 }))

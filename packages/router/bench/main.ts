// Lookups a second beside the peers. Every path is a fresh string, cut off a longer one as servers cut it off the
// request line, and every parameter is read and decoded: what a router saves by doing it later is not counted.
import { router } from "@bennu/router"
import findMyWay from "find-my-way"
import { RegExpRouter } from "hono/router/reg-exp-router"
import { TrieRouter } from "hono/router/trie-router"
import { Memoirist } from "memoirist"
import { addRoute, createRouter, findRoute } from "rou3"
import { compare } from "../../../scripts/bench-harness.mjs"

type Line = readonly [verb: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", pattern: string]
/** Looks up and reads the parameters; what it returns tells a hit from a miss. */
type Lookup = (verb: string, path: string) => number

// the twelve routes by which Hono compares routers
const twelve: readonly Line[] = [
  ["GET", "/user"],
  ["GET", "/user/comments"],
  ["GET", "/user/avatar"],
  ["GET", "/user/lookup/username/:username"],
  ["GET", "/user/lookup/email/:address"],
  ["GET", "/event/:id"],
  ["GET", "/event/:id/comments"],
  ["POST", "/event/:id/comment"],
  ["POST", "/map/:location/events"],
  ["GET", "/status"],
  ["GET", "/very/deeply/nested/route/hello/there"],
  ["GET", "/static/*"],
]
// resources as an app of a thousand routes has them
const thousand: readonly Line[] = Array.from({ length: 200 }, (_, index): Line[] => {
  const base = `/${["admin", "api/v1", "shop", "team"][index % 4]}/resource${index}`
  return [
    ["GET", base],
    ["POST", base],
    ["GET", `${base}/:id`],
    ["GET", `${base}/:id/edit`],
    ["DELETE", `${base}/:id/items/:item`],
  ]
}).flat()

const values = (params: Readonly<Record<string, string | undefined>>): number => {
  let size = 1
  for (const name in params) size += params[name]?.length ?? 0
  return size
}
const decodedValues = (params: Readonly<Record<string, string | undefined>>): number => {
  let size = 1
  for (const name in params) size += decoded(params[name] ?? "").length
  return size
}
const decoded = (value: string) => (value.includes("%") ? decodeURIComponent(value) : value)

const makers: Record<string, (lines: readonly Line[]) => Lookup> = {
  ours(lines) {
    const made = router(...lines.map(([verb, pattern]) => ({ verb, pattern, handler: pattern })))
    return (verb, path) => {
      const match = made.match(verb, path)
      return match === null ? 0 : values(match.params)
    }
  },
  "find-my-way"(lines) {
    const made = findMyWay()
    for (const [verb, pattern] of lines) made.on(verb, pattern, () => {}, pattern)
    return (verb, path) => {
      const match = made.find(verb as "GET", path)
      return match === null ? 0 : values(match.params)
    }
  },
  // it leaves values encoded, and so do the next three
  memoirist(lines) {
    const made = new Memoirist<string>()
    for (const [verb, pattern] of lines) made.add(verb, pattern, pattern)
    return (verb, path) => {
      const match = made.find(verb, path)
      return match === null ? 0 : decodedValues(match.params)
    }
  },
  rou3(lines) {
    const made = createRouter<string>()
    for (const [verb, pattern] of lines)
      addRoute(made, verb, pattern.replace("*", "**:rest"), pattern)
    return (verb, path) => {
      const match = findRoute(made, verb, path)
      if (match === undefined) return 0
      return decodedValues(match.params ?? {})
    }
  },
  "hono RegExpRouter": (lines) => hono(new RegExpRouter<string>(), lines),
  "hono TrieRouter": (lines) => hono(new TrieRouter<string>(), lines),
}

function hono(made: RegExpRouter<string> | TrieRouter<string>, lines: readonly Line[]): Lookup {
  for (const [verb, pattern] of lines) made.add(verb, pattern, pattern)
  return (verb, path) => {
    const [handlers, stash] = made.match(verb, path)
    const params = handlers[0]?.[1]
    if (params === undefined) return 0
    let size = 1
    for (const name in params) {
      const value = params[name]
      size += decoded((typeof value === "number" ? stash?.[value] : value) ?? "").length
    }
    return size
  }
}

interface Work {
  readonly bench: string
  readonly lines: readonly Line[]
  /** Asked for in turn. */
  readonly requests: readonly (readonly [verb: string, path: string])[]
  readonly hit: boolean
}

const some = [0, 57, 101, 150, 199].map((index) => thousand[index * 5]?.[1] ?? "")
const works: readonly Work[] = [
  {
    bench: "router/static",
    lines: twelve,
    hit: true,
    requests: ["/user", "/user/comments", "/status", "/very/deeply/nested/route/hello/there"].map(
      (path) => ["GET", path],
    ),
  },
  {
    bench: "router/param",
    lines: twelve,
    hit: true,
    requests: [
      ["GET", "/user/lookup/username/hey"],
      ["GET", "/event/abcd1234/comments"],
      ["POST", "/map/somewhere%20else/events"],
      ["GET", "/event/6f1c2a34-9d0e-4c53-b7aa-0d6d6f6c3f55"],
    ],
  },
  {
    bench: "router/wildcard",
    lines: twelve,
    hit: true,
    requests: [["GET", "/static/css/app-4f5e6d.css"]],
  },
  {
    bench: "router/thousand",
    lines: thousand,
    hit: true,
    requests: some.flatMap((base) => [
      ["GET", base] as const,
      ["GET", `${base}/12345/edit`] as const,
      ["DELETE", `${base}/12345/items/678`] as const,
    ]),
  },
  {
    bench: "router/miss",
    lines: thousand,
    hit: false,
    requests: [
      ["GET", "/wp-login.php"],
      ["GET", "/admin/resource0/1/nothing"],
      ["GET", "/shop/resourceless"],
      ["PUT", "/team/resource3"],
    ],
  },
]

const BATCH = 64

/** A batch of lookups as one measured call, so that the harness's loop costs next to nothing. */
function batch({ requests, hit, bench }: Work, name: string, lookup: Lookup) {
  // in one text, so that each path is cut anew: with no hash yet, and not interned
  const text = requests.map(([, path]) => path).join(" ")
  const cuts = requests.map(([verb, path], index) => {
    const start = requests.slice(0, index).reduce((sum, [, before]) => sum + before.length + 1, 0)
    return { verb, start, end: start + path.length }
  })
  for (const [verb, path] of requests) {
    if (lookup(verb, path) > 0 !== hit)
      throw new Error(`${name} is wrong about ${path} in ${bench}`)
  }
  return () => {
    let sum = 0
    for (let turn = 0; turn < BATCH; turn += 1) {
      const { verb, start, end } = cuts[turn % cuts.length] as (typeof cuts)[number]
      sum += lookup(verb, text.slice(start, end))
    }
    return sum
  }
}

/** Lookups a second of CPU: other work on the machine does not change that, as it changes wall-clock time. */
function timed(run: () => number) {
  return {
    measure() {
      const until = performance.now() + 100
      const started = process.cpuUsage()
      let batches = 0
      while (performance.now() < until) {
        for (let turn = 0; turn < 16; turn += 1) run()
        batches += 16
      }
      const { user, system } = process.cpuUsage(started)
      return (batches * BATCH * 1_000_000) / (user + system)
    },
  }
}

for (const work of works) {
  const sides = Object.entries(makers).map(([name, make]) => [
    name,
    timed(batch(work, name, make(work.lines))),
  ])
  const { ours, ...peers } = Object.fromEntries(sides)
  await compare({ bench: work.bench, unit: "ops/s", rounds: 9, ours, peers })
}

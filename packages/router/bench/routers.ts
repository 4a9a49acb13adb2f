// Ours and the peers behind one shape.
import { router } from "@bennu/router"
import findMyWay from "find-my-way"
import { RegExpRouter } from "hono/router/reg-exp-router"
import { TrieRouter } from "hono/router/trie-router"
import { Memoirist } from "memoirist"
import { addRoute, createRouter, findRoute } from "rou3"
import { compileRouter } from "rou3/compiler"
import type { Line } from "./tables.ts"

export interface Made {
  /** Whether there is a route. */
  match(verb: string, path: string): boolean
  /** Finds the route and reads the parameters, decoded: their length and 1, or 0 when there is no route. */
  read(verb: string, path: string, names: readonly string[]): number
  /** What the rest of a path is called, where that is not `*`. */
  readonly star?: string
}
type Values = Readonly<Record<string, string | undefined>>

const lengthOf = (params: Values, names: readonly string[]): number => {
  let size = 1
  for (const name of names) size += params[name]?.length ?? 0
  return size
}
// what users of routers that hand on raw values do themselves
const decoded = (value: string) => (value.indexOf("%") === -1 ? value : decodeURIComponent(value))
const decodedLengthOf = (params: Values | undefined, names: readonly string[]): number => {
  if (params === undefined) return 1
  let size = 1
  for (const name of names) size += decoded(params[name] ?? "").length
  return size
}

export const routers: Readonly<Record<string, (lines: readonly Line[]) => Made>> = {
  ours(lines) {
    const made = router(...lines.map(([verb, pattern]) => ({ verb, pattern, handler: pattern })))
    return {
      match: (verb, path) => made.match(verb, path) !== null,
      read(verb, path, names) {
        const match = made.match(verb, path)
        return match === null ? 0 : lengthOf(match.params, names)
      },
    }
  },
  memoirist(lines) {
    const made = new Memoirist<string>()
    for (const [verb, pattern] of lines) made.add(verb, pattern, pattern)
    return {
      match: (verb, path) => made.find(verb, path) !== null,
      read(verb, path, names) {
        const match = made.find(verb, path)
        return match === null ? 0 : decodedLengthOf(match.params, names)
      },
    }
  },
  "find-my-way"(lines) {
    const made = findMyWay()
    for (const [verb, pattern] of lines) made.on(verb, pattern, () => {}, pattern)
    return {
      match: (verb, path) => made.find(verb as "GET", path) !== null,
      // it decodes, as we do
      read(verb, path, names) {
        const match = made.find(verb as "GET", path)
        return match === null ? 0 : lengthOf(match.params, names)
      },
    }
  },
  rou3(lines) {
    const made = rou3(lines)
    return {
      star: "rest",
      match: (verb, path) => findRoute(made, verb, path) !== undefined,
      read(verb, path, names) {
        const match = findRoute(made, verb, path)
        return match === undefined ? 0 : decodedLengthOf(match.params, names)
      },
    }
  },
  "rou3 compiled"(lines) {
    const find = compileRouter(rou3(lines))
    return {
      star: "rest",
      match: (verb, path) => find(verb, path) !== undefined,
      read(verb, path, names) {
        const match = find(verb, path)
        return match === undefined ? 0 : decodedLengthOf(match.params, names)
      },
    }
  },
  "hono RegExpRouter": (lines) => hono(new RegExpRouter<string>(), lines),
  "hono TrieRouter": (lines) => hono(new TrieRouter<string>(), lines),
}

function rou3(lines: readonly Line[]) {
  const made = createRouter<string>()
  for (const [verb, pattern] of lines)
    addRoute(made, verb, pattern.replace(/\*$/, "**:rest"), pattern)
  return made
}

function hono(made: RegExpRouter<string> | TrieRouter<string>, lines: readonly Line[]): Made {
  for (const [verb, pattern] of lines) made.add(verb, pattern, pattern)
  return {
    match: (verb, path) => made.match(verb, path)[0].length > 0,
    // it has no name for what a star stands for, so that nothing is read there
    read(verb, path, names) {
      const [handlers, stash] = made.match(verb, path)
      const params = handlers[0]?.[1]
      if (params === undefined) return 0
      let size = 1
      for (const name of names) {
        const value = params[name]
        size += decoded((typeof value === "number" ? stash?.[value] : value) ?? "").length
      }
      return size
    },
  }
}

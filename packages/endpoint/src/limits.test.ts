import { readFileSync } from "node:fs"
import { type Duration, milliseconds } from "@bennu/core"
import { router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { resolveOptions } from "./options.ts"

const { limits, drain } = resolveOptions({ router: router(), port: 0 })

/** What the README's table of options says: 16,384 and `15s` become numbers. */
const told = Object.fromEntries(
  readFileSync(new URL("../README.md", import.meta.url), "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, names = "", values = ""] = line.split("|").map((cell) => cell.trim())
      const all = names.match(/(?<=`)(?:limits|drain)\.\w+(?=`)/g) ?? []
      const defaults = values.split(/, (?=`)/)
      return all.map((name, index) => [name, amount(defaults[index] ?? "")])
    }),
)

function amount(text: string): number {
  // proof: what is no duration throws
  const duration = /^`(.*)`$/.exec(text)?.[1] as Duration | undefined
  return duration === undefined
    ? Number.parseInt(text.replaceAll(",", ""), 10)
    : milliseconds(duration)
}

describe("the limits of an endpoint that is told nothing", () => {
  it("are those that its README names", () => {
    const named = (group: string, values: object) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [`${group}.${name}`, value]))
    expect(told).toEqual({ ...named("limits", limits), ...named("drain", drain) })
    expect(Object.keys(told)).toHaveLength(17)
  })
})

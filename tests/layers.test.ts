import { expect, test } from "vitest"
import { manifests } from "./workspace.ts"

/** A package may depend only on names to its left, whether at run time, for types or in tests. */
const order =
  "telemetry core store html router schema pubsub plug channels repo migrations cache services assets endpoint live components auth jobs monitor release dashboard testing cli".split(
    " ",
  )

test.each([...manifests.keys()])("%s depends only on what is to its left", (name) => {
  expect(order).toContain(name)
  const { dependencies, peerDependencies, devDependencies } = manifests.get(name) ?? {}
  const wrong = Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies })
    .filter((dependency) => dependency.startsWith("@bennu/"))
    .filter((dependency) => {
      const at = order.indexOf(dependency.slice("@bennu/".length))
      return at === -1 || at >= order.indexOf(name)
    })
  expect(wrong).toEqual([])
})

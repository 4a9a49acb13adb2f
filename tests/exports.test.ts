import { expect, test } from "vitest"
import { type Exports, manifests } from "./workspace.ts"

/** What is published: the same entries without the condition that leads to the sources. */
const published = (exports: Exports): Exports =>
  Object.fromEntries(
    Object.entries(exports).map(([key, entry]) => {
      if (typeof entry === "string") return [key, entry]
      const { "@bennu/source": _, ...rest } = entry
      return [key, rest]
    }),
  )

test.each([...manifests.keys()])("%s publishes the entries that the workspace uses", (name) => {
  const { exports = {}, publishConfig } = manifests.get(name) ?? {}
  expect(publishConfig?.exports).toEqual(published(exports))
  for (const [key, entry] of Object.entries(exports)) {
    if (typeof entry === "string") continue
    expect(Object.keys(entry), key).toEqual(["@bennu/source", "types", "default"])
  }
})

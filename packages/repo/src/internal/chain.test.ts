import { describe, expect, it } from "vitest"
import { Chain, type Link } from "./chain.ts"

interface Bead extends Link<Bead> {
  readonly name: string
}

describe("a chain", () => {
  const chainOf = (...names: string[]) => {
    const chain = new Chain<Bead>()
    const beads = names.map((name): Bead => ({ name }))
    for (const bead of beads) chain.add(bead)
    return { chain, beads }
  }
  const namesOf = (chain: Chain<Bead>) => {
    const names: string[] = []
    for (let bead = chain.first; bead !== undefined; bead = bead.after) names.push(bead.name)
    return names
  }

  it("has its things in the order of coming, whichever of them go", () => {
    for (const gone of [0, 1, 2]) {
      const { chain, beads } = chainOf("a", "b", "c")
      for (const bead of beads.slice(gone, gone + 1)) chain.remove(bead)
      const left = ["a", "b", "c"].toSpliced(gone, 1)
      expect(namesOf(chain)).toEqual(left)
      expect([chain.first?.name, chain.last?.name]).toEqual(left)
    }
  })

  it("does not mind that what is gone goes again, even when nothing or only one is left", () => {
    const { chain, beads } = chainOf("a", "b")
    const [a, b] = beads
    for (const bead of [a, a, b, b, a]) if (bead) chain.remove(bead)
    expect([chain.size, chain.first, chain.last]).toEqual([0, undefined, undefined])
    if (b) chain.add(b)
    if (a) chain.remove(a)
    expect([chain.size, namesOf(chain)]).toEqual([1, ["b"]])
  })

  it("lets go of what is gone, which does not hold what comes after it", () => {
    const { chain, beads } = chainOf("a", "b", "c")
    const [, b] = beads
    if (b) chain.remove(b)
    expect(b).toEqual({ name: "b" })
  })
})

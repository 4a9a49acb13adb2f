import { afterAll, describe, expect, it } from "vitest"
import * as Readers from "./readers.ts"
import { conduitTests } from "./testing.ts"

const conduit = await conduitTests()
afterAll(() => conduit[Symbol.asyncDispose]())
const { tests } = conduit

describe("Readers", () => {
  it(
    "are whom they say they are, and keep their picture under another name",
    tests.test(async ({ anyone }) => {
      const first = await Readers.rename(anyone, { name: " Mary " })
      expect(first).toMatchObject({ ok: true, value: { name: "Mary", picture: null } })
      if (!first.ok) throw new Error("refused")
      const mary = { ...anyone, reader: first.value }
      const shown = await Readers.show(mary, "face.png")
      expect(shown).toMatchObject({ ok: true, value: { name: "Mary", picture: "face.png" } })
      if (!shown.ok) throw new Error("refused")
      for (const name of ["Mary S.", "Mary S."])
        expect(await Readers.rename({ ...anyone, reader: shown.value }, { name })).toMatchObject({
          ok: true,
          value: { id: first.value.id, name: "Mary S.", picture: "face.png" },
        })
    }),
  )

  it(
    "are refused with words, and take nothing else that was sent",
    tests.test(async ({ ada, anyone }) => {
      for (const [name, problem] of [
        [" ", "can't be blank"],
        ["x".repeat(41), "is longer than 40 characters"],
      ] as const) {
        const refused = await Readers.rename(ada, { name })
        expect(!refused.ok && refused.error.toJSON()).toEqual({ errors: { name: [problem] } })
      }
      expect((await Readers.rename(ada, { name: "a\u0000b" })).ok).toBe(false)
      const forged = await Readers.rename(ada, {
        name: "Ada",
        id: anyone.reader,
        picture: "other.png",
      })
      expect(forged).toMatchObject({ value: { id: ada.reader.id, picture: null } })
    }),
  )

  it(
    "are gone once they are forgotten",
    tests.test(async ({ ada }) => {
      const known = await Readers.rename(ada, { name: "Ada" })
      if (!known.ok) throw new Error("refused")
      await Readers.forget(ada, ada.reader)
      expect(await ada.repo.get(Readers.Reader, ada.reader.id)).toBeNull()
    }),
  )
})

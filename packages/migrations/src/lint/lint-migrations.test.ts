import { describe, expect, it } from "vitest"
import { type LintRule, lintMigrations, lintRules } from "../lint.ts"
import { migration, sqlMigration } from "../migration.ts"
import { splitStatements } from "../statements.ts"
import { samples } from "./samples.ts"

const rulesIn = async (up: string, off = false): Promise<LintRule[]> =>
  (await lintMigrations([migration("1_a", { up, transaction: !off })])).map(({ rule }) => rule)

describe("lintMigrations", () => {
  it.each(lintRules)("finds %s, and leaves what is safe alone", async (rule) => {
    const { bad, good, off } = samples[rule]
    for (const sql of bad) expect(await rulesIn(sql, off), sql).toContain(rule)
    for (const sql of good) expect(await rulesIn(sql, off), sql).not.toContain(rule)
  })

  it("finds nothing in what is safe, but for what another rule is about", async () => {
    const safe = Object.values(samples).flatMap(({ good, off }) =>
      good.map((sql) => ({ sql, off })),
    )
    const found: string[] = []
    for (const { sql, off } of safe)
      found.push(...(await rulesIn(sql, off)).map((rule) => `${rule}: ${sql}`))
    expect(found).toEqual([])
  })

  it("prints a safe way that has nothing against itself, wherever that is SQL without gaps", async () => {
    let checked = 0
    for (const { bad, off } of Object.values(samples))
      for (const sql of bad)
        for (const { rewrite, rule } of await lintMigrations([
          migration("1_a", { up: sql, transaction: !off }),
        ])) {
          const isSql = /^(-- transaction|-- allow|alter|create|drop|reindex|refresh)/.test(rewrite)
          if (!isSql || rewrite.includes("…")) continue
          const alone = rewrite.startsWith("-- transaction: off")
          // "-- in a migration of its own" begins one
          const steps = rewrite
            .split(/\n-- (?:in|and|then).*\n?/)
            .filter((step) => /^[a-z-]/.test(step))
          const again = await lintMigrations(
            steps.map((up, at) =>
              migration(`${at + 1}_a`, { up, transaction: !(alone && at === 0) }),
            ),
          )
          expect(
            again.filter((each) => each.rule === rule),
            rewrite,
          ).toEqual([])
          checked += 1
        }
    expect(checked).toBeGreaterThan(15)
  })

  it("names migration, place, statement and the safe way", async () => {
    const source = "-- up\ncreate table n ();\n  alter table t\n  alter a set not null;"
    expect(await lintMigrations([sqlMigration("20261122000000_a", source)])).toEqual([
      {
        rule: "set-not-null",
        migration: "20261122000000_a",
        line: 3,
        column: 3,
        statement: "alter table t\n  alter a set not null",
        message: "looks at all rows of t while nobody can read it",
        rewrite: expect.stringContaining("check (a is not null) not valid;"),
      },
    ])
  })

  it("lets a column be not null once a migration before has checked that it is", async () => {
    const steps = [
      "alter table t add constraint c check (a is not null) not valid",
      "alter table t validate constraint c",
      "alter table t alter a set not null",
    ].map((up, at) => migration(`${at + 1}_a`, { up }))
    expect(await lintMigrations(steps)).toEqual([])
    expect(await lintMigrations(steps.toSpliced(1, 1))).toMatchObject([{ rule: "set-not-null" }])
  })

  it("is silent where a comment says why, about that rule and that statement only", async () => {
    const allowed = "-- up\n-- allow drop-column: nobody reads it since May\nalter table t drop a"
    const found = await lintMigrations([
      sqlMigration("1_a", `${allowed}, add b json;\nalter table t drop c`),
    ])
    expect(found.map(({ rule, line }) => [rule, line])).toEqual([
      ["prefer-jsonb", 3],
      ["drop-column", 4],
    ])
    const options = { ignore: ["drop-column"] } as const
    expect(
      await lintMigrations([migration("1_a", { up: "alter table t drop a" })], options),
    ).toEqual([])
  })

  it("looks at no code and at no way back", async () => {
    const both = [
      migration("1_a", { up: async () => {} }),
      sqlMigration("2_a", "-- up\ncreate table n ();\n-- down\ndrop table n"),
    ]
    expect(await lintMigrations(both)).toEqual([])
  })

  it("is not led astray by what only looks like a statement", async () => {
    expect(await rulesIn("comment on table t is 'alter table t drop a; truncate t'")).toEqual([])
    expect(splitStatements("do $$ drop table t; $$")).toHaveLength(1)
  })
})

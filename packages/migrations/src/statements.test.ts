import { describe, expect, it } from "vitest"
import { splitStatements } from "./index.ts"
import { placeOf } from "./statements.ts"

const texts = (sql: string) => splitStatements(sql).map(({ text }) => text)

describe("splitStatements", () => {
  it("splits at semicolons and leaves spaces, comments and empty statements out", () => {
    expect(texts(" select 1 ;\n\n; -- a; comment\n select /* ; */ 2;;")).toEqual([
      "select 1",
      "select /* ; */ 2",
    ])
    expect(texts("")).toEqual([])
    expect(texts("-- only a comment")).toEqual([])
    expect(texts("select 1")).toEqual(["select 1"])
  })

  it.each([
    ["a string", "select 'a;b', 'it''s; fine', ''"],
    ["a string with backslashes of the old kind", "select 'c:\\'"],
    ["a string with escapes", "select e'it\\'s; \\\\', E'\\';'"],
    ["a quoted name", 'create table "a;""b" (c int)'],
    ["a dollar quote", "do $$ begin perform 1; end; $$"],
    ["a tagged dollar quote in another", "do $a$ begin execute $b$ select ';$a' $b$; end $a$"],
    ["a comment", "select 1 -- ;\n, 2"],
    ["nested comments", "select /* ; /* ; */ ; */ 1"],
    ["parentheses", "create rule r as on insert to a do also (insert into b values (1); select 2)"],
    [
      "a body of standard SQL",
      "create function f() returns int begin atomic select 1; select case when true then 2 end; end",
    ],
    [
      "a procedure's body",
      "create or replace procedure p() begin atomic insert into t values (1); insert into t values (2); end",
    ],
    ["names with dollars", "select a$b$c, $1"],
    ["letters beyond ASCII", "select 'é;' as größe"],
  ])("does not split inside of %s", (_, statement) => {
    expect(texts(`${statement};\nselect 'next'`)).toEqual([statement, "select 'next'"])
  })

  it("takes what never ends to be one statement, whatever its size", () => {
    for (const open of ["'", '"', "$$", "$tag$", "/*", "(", "e'"]) {
      expect(texts(`select ${open} ; ; `.repeat(1)).length).toBeLessThanOrEqual(1)
      expect(texts(`${open} ;`.padEnd(200_000, "x;")).length).toBeLessThanOrEqual(1)
    }
    expect(texts("$".repeat(20_000))).toHaveLength(1)
    expect(texts("(".repeat(20_000))).toHaveLength(1)
    expect(texts("/*".repeat(20_000))).toEqual([])
  })

  it("knows where a statement stands", () => {
    const sql = "-- é\nselect 1;\n  select 2"
    const [, second] = splitStatements(sql)
    expect(placeOf(sql, second?.offset ?? -1)).toEqual({ line: 3, column: 3 })
  })
})

import * as fc from "fast-check"
import { describe, expect, it, test } from "vitest"
import { tablesIn } from "./sql-tables.ts"

const named = (sql: string) => tablesIn(sql).map(({ name }) => name)

describe("the tables of a statement", () => {
  test.each([
    ["select * from users", ["users"]],
    ["SELECT * FROM Users u JOIN todos AS t ON t.user_id = u.id", ["users", "todos"]],
    ["select 1 from users u, todos t, only notes where true", ["users", "todos", "notes"]],
    ["select 1 from a left join lateral (select 1 from b) x on true, c", ["a", "b", "c"]],
    ['select 1 from "Users" join auth.tokens t using (id)', ["Users", "auth.tokens"]],
    ["insert into todos (title) values ('from users')", ["todos"]],
    ["insert into todos select * from notes on conflict do update set a = 1", ["todos", "notes"]],
    ["update only todos set a = 1 from users where users.id = 1", ["todos", "users"]],
    ["delete from todos using users u, notes where true", ["todos", "users", "notes"]],
    ["truncate table todos, notes", ["todos", "notes"]],
    [
      "merge into todos t using notes n on t.id = n.id when matched then do nothing",
      ["todos", "notes"],
    ],
    ["select (select count(*) from notes) from todos", ["notes", "todos"]],
    ["select * from generate_series(1, 2) g, todos", ["todos"]],
    ["with users as (select * from people) select * from users", ["people"]],
    ["with recursive t(n) as materialized (select 1 from a) select * from t", ["a"]],
    ["select * from todos for update of todos", ["todos"]],
    ["select extract(year from created) , trim(both from name) from todos", ["todos"]],
    ["select a is distinct from users from todos", ["todos"]],
    ["-- from users\nselect /* from users */ $$ from users $$ from todos", ["todos"]],
    ["select $f$ from users $f$, E'it\\'s from users', 'it''s from users' from todos", ["todos"]],
    ["select ??????? from ?????????? join users on true", ["users"]],
    ["drop table if exists users", ["users"]],
    ["alter table only users add column a int", ["users"]],
    ["join users on users.id = ???", ["users"]],
    ["", []],
  ])("%s", (sql, tables) => {
    expect(named(sql)).toEqual(tables)
  })

  it("is found where it stands", () => {
    const sql = 'select 1 from todos join "users" u on true'
    expect(tablesIn(sql).map(({ at }) => sql.slice(at, at + 5))).toEqual(["todos", '"user'])
  })

  it("can be asked of any text", () => {
    const word = fc.constantFrom(
      "from",
      "join",
      "with",
      "as",
      "(",
      ")",
      ",",
      ".",
      "'",
      '"',
      "$a$",
      "--",
      "/*",
      "users",
      " ",
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(" ")),
        ),
        (text) => {
          for (const { at } of tablesIn(text)) expect(at).toBeLessThan(text.length)
        },
      ),
    )
  })
})

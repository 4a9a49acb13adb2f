// biome-ignore lint/correctness/noUndeclaredDependencies: only this package's tests import this file
import { expect, it } from "vitest"
import {
  addConstraint,
  createIndex,
  dropConstraint,
  dropIndex,
  migrate,
  migration,
  renameConstraint,
  renameIndex,
  rollback,
  validateConstraint,
} from "../index.ts"
import { type Migrated, tags } from "./migrated.ts"

/** Indexes and constraints, by name. */
export function definitionsContract(db: Migrated): void {
  it("build, rename and drop indexes by name", async () => {
    const index = migration("20261122000010_index", {
      transaction: false,
      up: [
        createIndex("tags_lower", {
          on: "tags",
          columns: ["name"],
          expressions: ["lower(name)"],
          unique: true,
          using: "btree",
          where: "name <> ''",
        }),
        renameIndex("tags_lower", "tags of; name"),
      ],
      down: [dropIndex("tags of; name")],
    })
    await migrate(db.repo.sql, [tags, index])
    const { rows } = await db.repo.sql.query(
      "select indexdef from pg_indexes where indexname = 'tags of; name'",
    )
    expect(rows[0]?.["indexdef"]).toContain("USING btree (name, lower(name)) WHERE (name <> ''")
    expect(await rollback(db.repo.sql, [tags, index])).toEqual([index.id])
    expect(await db.exists('"tags of; name"')).toBe(false)
    expect(() => createIndex("none", { on: "tags" })).toThrow("neither columns")
  })

  it("add constraints that spare the rows there are, and validate, rename and drop them by name", async () => {
    const length = (name: string) => addConstraint("tags", name, "check (length(name) < 9)")
    await migrate(db.repo.sql, [
      tags,
      migration("20261122000011_one", { up: "insert into tags values ('a name too long')" }),
      migration("20261122000012_two", {
        up: [length("short"), renameConstraint("tags", "short", "brief")],
      }),
    ])
    await expect(db.repo.sql.query("insert into tags values ('another too long')")).rejects.toThrow(
      "brief",
    )
    const validate = migration("20261122000013_three", {
      up: validateConstraint("tags", "brief"),
    })
    await expect(migrate(db.repo.sql, [validate])).rejects.toMatchObject({ migration: validate.id })
    await db.repo.sql.query("delete from tags")
    await migrate(db.repo.sql, [
      validate,
      migration("20261122000014_four", { up: dropConstraint("tags", "brief") }),
      migration("20261122000015_five", { up: addConstraint("tags", "once", "unique (name)") }),
    ])
    await db.repo.sql.query("insert into tags values ('another too long')")
  })
}

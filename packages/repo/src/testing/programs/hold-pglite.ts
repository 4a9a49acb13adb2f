// Opens the directory it is given, writes a row, says so, and stays until killed.
import { sql } from "drizzle-orm"
import { pglite } from "../../drivers/pglite.ts"
import { openRepo } from "../../open-repo.ts"

const [dir = "", uid] = process.argv.slice(2)
if (uid !== undefined) process.setuid?.(Number(uid))
try {
  const repo = await openRepo({ driver: pglite({ dir }) }).start(new AbortController().signal)
  await repo.query(sql`create table if not exists kept (n integer generated always as identity)`)
  await repo.query(sql`insert into kept default values`)
  const [row] = await repo.query(sql`select count(*)::int as rows from kept`)
  console.log(JSON.stringify(row))
  setInterval(() => {}, 1_000)
} catch (error) {
  console.log(JSON.stringify(error, ["code", "message", "hint", "pid", "dir"]))
}

// Writes one row after the other into a PGlite directory and says each number once it is written, until it is killed.
import { sql } from "drizzle-orm"
import { pglite } from "../../drivers/pglite.ts"
import { openRepo } from "../../index.ts"

const [dir = "", plant = ""] = process.argv.slice(2)
const repo = await openRepo({ driver: pglite({ dir }) }).start(AbortSignal.any([]))
await repo.query(sql`create table if not exists history (number int primary key)`)
const [last] = await repo.query<{ number: number | null }>(
  sql`select max(number) as number from history`,
)
for (let number = (last?.number ?? 0) + 1; ; number++) {
  // the planted fault: what is said before it is written is lost when the process is killed
  if (plant === "early") process.stdout.write(`${number}\n`)
  await repo.transaction(async () => {
    await repo.query(sql`insert into history values (${number})`)
  })
  if (plant !== "early") process.stdout.write(`${number}\n`)
}

// Writes orders and messages about them, delivers the messages, and kills itself with -9 where it is told to.
import * as z from "zod"
import { postgres } from "../../drivers/postgres.ts"
import { openRepo } from "../../index.ts"
import { outbox } from "../../outbox.ts"

const [url = "", number = "0", where = ""] = process.argv.slice(2)
const ordered = { name: "ordered", message: z.object({ number: z.number() }) }
const die = (here: string) => {
  if (here === where) process.kill(process.pid, "SIGKILL")
}

const repo = await openRepo({ driver: postgres({ url }) }).start(AbortSignal.any([]))
const box = outbox(repo.sql, { lease: "2s" })
const message = { number: Number(number) }
await repo.transaction(async () => {
  await repo.sql.query("insert into orders values ($1)", [message.number])
  // the planted fault: what is said after the commit is lost when the process is killed between
  if (where !== "planted") await box.emit(ordered, message)
  die("before the commit")
})
if (where === "planted") {
  process.kill(process.pid, "SIGKILL")
  await box.emit(ordered, message)
}
die("after the commit")
await box.drain(async ({ id, message }) => {
  die("before the delivery")
  await repo.sql.query("insert into delivered values ($1, $2::text::jsonb)", [
    id,
    JSON.stringify(message),
  ])
  die("after the delivery")
})
await repo[Symbol.asyncDispose]()

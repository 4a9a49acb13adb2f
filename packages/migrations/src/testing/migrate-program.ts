// Migrates the database it is given: what several processes that start at once do.
import { openRepo } from "@bennu/repo"
import { postgres } from "@bennu/repo/postgres"
import { migrate, migration } from "../index.ts"

const [url = "", mode] = process.argv.slice(2)
const repo = await openRepo({ driver: postgres({ url, poolSize: 2 }) }).start(AbortSignal.any([]))
const steps = Array.from({ length: 5 }, (_, index) =>
  migration(`${index + 1}_step`, {
    async up(sql) {
      await sql.query("insert into runs (step, pid) values ($1, pg_backend_pid())", [index + 1])
      if (mode === "hang" && index === 2) {
        console.log("hanging")
        await sql.query("select pg_sleep(60)")
      }
    },
  }),
)
console.log(JSON.stringify(await migrate(repo.sql, steps)))
await repo[Symbol.asyncDispose]()

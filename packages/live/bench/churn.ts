// Pages that come and go, for as long as you say: what the server holds afterwards has to be what it held before.
//   node --conditions=@bennu/source churn.ts 60     minutes (60)
import { crowd, turn } from "./processes.ts"
import { click } from "./recordings.ts"

const PAGES = 300

export async function churn(minutes: number) {
  const all = await crowd()
  const round = async () => {
    await all.join("/counter", PAGES)
    await all.pace(1, 500, [click("inc")])
    await all.leave()
  }
  // what the first pages of a process leave behind is there once
  for (let i = 0; i < 20; i++) await round()
  await turn(2000)
  const before = await all.memory()
  const end = Date.now() + minutes * 60_000
  let rounds = 0
  while (Date.now() < end) {
    await round()
    rounds++
  }
  await turn(2000)
  const after = await all.memory()
  all.stop()
  return { joins: rounds * PAGES, before, after, grown: (after.rss / before.rss - 1) * 100 }
}

if (import.meta.main) {
  const minutes = Number(process.argv[2] ?? 60)
  const { joins, before, after, grown } = await churn(minutes)
  console.log(
    `${joins} pages joined and left in ${minutes} min: RSS ${before.rss} → ${after.rss} B (${grown.toFixed(1)} %), heap ${before.heap} → ${after.heap} B`,
  )
  process.exit(grown <= 10 ? 0 : 1)
}

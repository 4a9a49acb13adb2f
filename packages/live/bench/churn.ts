// Pages that come and go, for as long as you say: what the server holds afterwards has to be what it held before.
//   node --expose-gc churn.ts 60     minutes (60)
import { crowd, turn } from "./processes.ts"

const minutes = Number(process.argv[2] ?? 60)
const PAGES = 300
const all = await crowd()
const round = async () => {
  await all.join("/counter", PAGES)
  await all.click(1, 500)
  await all.leave()
}
for (let i = 0; i < 5; i++) await round()
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
const grown = (after.rss / before.rss - 1) * 100
console.log(
  `${rounds * PAGES} pages joined and left in ${minutes} min: RSS ${before.rss} → ${after.rss} B (${grown.toFixed(1)} %), heap ${before.heap} → ${after.heap} B`,
)
all.stop()
process.exit(grown <= 10 ? 0 : 1)

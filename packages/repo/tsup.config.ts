import { library } from "../../tsup.preset.ts"

export default library({
  entry: [
    "src/index.ts",
    "src/drivers/pg.ts",
    "src/drivers/pglite.ts",
    "src/drivers/postgres.ts",
    "src/outbox.ts",
    "src/testing.ts",
  ],
})

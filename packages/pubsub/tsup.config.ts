import { library } from "../../tsup.preset.ts"

export default library({
  entry: [
    "src/index.ts",
    "src/testing.ts",
    "src/adapters/cluster.ts",
    "src/adapters/nats.ts",
    "src/adapters/postgres.ts",
    "src/adapters/redis.ts",
  ],
})

import { library } from "../../tsup.preset.ts"

export default library({
  entry: ["src/index.ts", "src/adapters/postgres.ts", "src/adapters/redis.ts", "src/testing.ts"],
})

import { library } from "../../tsup.preset.ts"

export default library({
  entry: ["src/index.ts", "src/testing.ts", "src/client.ts", "src/contract.ts"],
})

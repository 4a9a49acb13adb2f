import { library } from "../../tsup.preset.ts"

export default library({
  entry: ["src/index.ts", "src/chaos.ts", "src/web.ts", "src/arbitrary.ts"],
})

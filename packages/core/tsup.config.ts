import { library } from "../../tsup.preset.ts"

export default library({
  entry: ["src/index.ts", "src/bare.ts", "src/crypto.ts", "src/errors.ts", "src/zod.ts"],
})

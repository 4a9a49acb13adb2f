import { library } from "../../tsup.preset.ts"

export default library({
  entry: [
    "src/index.ts",
    "src/tree.ts",
    "src/check/index.ts",
    "src/check/main.ts",
    "src/stream/index.ts",
  ],
})

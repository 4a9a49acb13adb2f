import { library } from "../../tsup.preset.ts"

export default library({
  entry: [
    "src/index.ts",
    "src/tree.ts",
    "src/check/index.ts",
    "src/check/main.ts",
    "src/language/main.ts",
    "src/stream/index.ts",
    "src/jsx-runtime.ts",
    "src/jsx-dev-runtime.ts",
    "src/jsx-plugin.ts",
    "src/jsx-register.ts",
  ],
})

import { library } from "../../tsup.preset.ts"

export default library({
  entry: ["src/index.ts", "src/client.ts", "src/testing.ts", "src/testing-browser.ts"],
})

import { library } from "../../tsup.preset.ts"

export default library({ entry: ["src/index.ts", "src/generate.ts", "src/lint.ts"] })

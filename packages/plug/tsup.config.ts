import { library } from "../../tsup.preset.ts"

export default library({
  entry: [
    "src/index.ts",
    "src/session.ts",
    "src/csrf.ts",
    "src/headers.ts",
    "src/parsers.ts",
    "src/static.ts",
    "src/cors.ts",
    "src/compress.ts",
    "src/rate.ts",
    "src/log.ts",
    "src/openapi.ts",
    "src/client.ts",
    "src/testing.ts",
  ],
})

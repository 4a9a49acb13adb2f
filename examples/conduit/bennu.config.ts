import { defineConfig } from "@bennu/cli"

export default defineConfig({
  contexts: {
    readers: { path: "src/readers.ts", shares: ["readers"] },
    articles: { path: ["src/articles.ts", "src/seeds.ts"], uses: ["readers"] },
    comments: { path: "src/comments.ts", uses: ["articles", "readers"] },
  },
  boundaries: {
    exclude: ["src/testing.ts"],
    shared: ["src/vocabulary.ts", "src/errors.ts"],
    graph: "README.md",
  },
})

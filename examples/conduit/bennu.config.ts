import { defineConfig } from "@bennu/cli"
import { storeSessions } from "@bennu/plug/session"
import { memoryStore } from "@bennu/store"
import type { AppRouter } from "./src/router.ts"

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
  database: {
    repo: async () => {
      const { database } = await import("./src/database.ts")
      return database(process.env["DATABASE_URL"], process.env["DATA_DIR"])
    },
    schemas: async () => (await import("./src/database.ts")).schemas,
    seeds: async () => (await import("./src/database.ts")).seeds,
  },
  router: async () => {
    const { appRouter } = await import("./src/router.ts")
    const store = memoryStore()
    // routes are printed and nobody asks for one: nothing is asked of the ports either
    const ports = {} as AppRouter["ports"]
    const sessions = storeSessions({ store, secret: "-".repeat(64) })
    return appRouter({ ports, sessions, store, layout: ({ content }) => content })
  },
})

import { defineConfig } from "vitest/config"

const conditions = ["@bennu/source"]
const parts = Number(process.env["SUITE_PARTS"] ?? 8)

/** The suite that the fault tests run: one file, as many times as it has parts, in four workers and any order. */
export default defineConfig({
  test: {
    projects: Array.from({ length: parts }, (_, part) => ({
      resolve: { conditions },
      ssr: { resolve: { conditions: [...conditions, "module", "node", "import", "default"] } },
      test: {
        name: `part ${part}`,
        root: import.meta.dirname,
        include: ["suite.ts"],
        env: { SUITE_PART: String(part) },
        pool: "forks" as const,
        testTimeout: 120_000,
        hookTimeout: 120_000,
      },
    })),
    maxWorkers: 4,
    maxConcurrency: 10,
    sequence: { shuffle: true },
  },
})

import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    projects: Array.from({ length: 20 }, (_, part) => ({
      test: {
        name: `part ${part}`,
        root: import.meta.dirname,
        include: ["suite.ts"],
        pool: "forks" as const,
        testTimeout: 60_000,
        hookTimeout: 60_000,
      },
    })),
    maxWorkers: 2,
    maxConcurrency: 10,
  },
})

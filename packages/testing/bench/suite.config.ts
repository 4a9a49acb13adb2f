import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["parts/*.test.ts"],
    pool: "forks",
    // each worker imports once, as the unit tests of this repository do
    isolate: false,
    maxWorkers: 2,
    maxConcurrency: 10,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})

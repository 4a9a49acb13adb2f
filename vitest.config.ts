import { defineConfig } from "vitest/config"

const conditions = ["@bennu/source"]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions: [...conditions, "module", "node"] } },
  // what global setups run in
  environments: { __vitest__: { resolve: { conditions } } },
  test: {
    passWithNoTests: true,
    // who waits for something that has to come need not know how slow the machine is
    expect: { poll: { timeout: 15_000 } },
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.test.ts", "**/*.test-d.ts"],
      reporter: ["text-summary", "lcov"],
    },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "tests/*.test.ts"],
          exclude: ["**/*.integration.test.ts", "**/*.faults.test.ts"],
          isolate: false,
          // what waits says itself how long; a slow machine is no failure
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["{packages/*/src,examples/*/src,tests}/**/*.integration.test.ts"],
          globalSetup: ["tests/kit/src/setup.ts"],
          pool: "forks",
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "faults",
          include: ["{packages/*/src,tests}/**/*.faults.test.ts"],
          globalSetup: ["tests/kit/src/setup.ts"],
          pool: "forks",
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "types",
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ["packages/*/src/**/*.test-d.ts"],
            tsconfig: "./tsconfig.json",
          },
        },
      },
    ],
  },
})

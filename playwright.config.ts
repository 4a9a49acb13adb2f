import { registerHooks } from "node:module"
import { defineConfig } from "playwright/test"
import { browser } from "./tests/kit/src/browser.ts"

// As the apps themselves are started: what a spec imports of ours are sources, built or not
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, { ...context, conditions: ["@bennu/source", ...context.conditions] }),
})

const executablePath = await browser()

export default defineConfig({
  testDir: "examples",
  testMatch: "*/e2e/**/*.spec.ts",
  globalSetup: "./examples/conduit/e2e/server.ts",
  fullyParallel: true,
  workers: 2,
  timeout: 120_000,
  // a machine whose cores are taken is no failure
  expect: { timeout: 30_000 },
  forbidOnly: process.env["CI"] !== undefined,
  reporter: "list",
  use: {
    browserName: "chromium",
    trace: "retain-on-failure",
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
})

import { defineConfig } from "playwright/test"
import { browser } from "./tests/kit/src/browser.ts"

const executablePath = await browser()
const port = 4610

export default defineConfig({
  testDir: "examples",
  testMatch: "*/e2e/**/*.spec.ts",
  fullyParallel: true,
  workers: 2,
  forbidOnly: process.env["CI"] !== undefined,
  reporter: "list",
  webServer: {
    command: "node --conditions=@bennu/source examples/conduit/src/main.ts",
    env: { PORT: String(port), PGLITE_DIR: "memory://" },
    url: `http://127.0.0.1:${port}`,
    timeout: 120_000,
    gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
  },
  use: {
    baseURL: `http://127.0.0.1:${port}`,
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

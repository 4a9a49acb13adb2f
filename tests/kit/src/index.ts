export { type RunningApp, startApp } from "./app.ts"
export { browser } from "./browser.ts"
export { createDatabase } from "./database.ts"
export { freePort, type Server, startPostgres } from "./postgres.ts"

export { type RunningApp, startApp } from "./app.ts"
export { browser } from "./browser.ts"
export { createDatabase } from "./database.ts"
export { startNats } from "./nats.ts"
export { startPgBouncer } from "./pgbouncer.ts"
export { redisForTests, startRedis } from "./redis.ts"
export { runtime } from "./runtime.ts"
export {
  type FaultFigure,
  type FaultRun,
  faultNetwork,
  faultProxy,
  faultRun,
  freePort,
  seeded,
  startPostgres,
  startProgram,
  type TestServer,
} from "./testing.ts"

export {
  type AssertOptions,
  type Broadcasts,
  broadcastsOf,
  type MessageLike,
  type PubSubLike,
  type TopicLike,
} from "./broadcasts/broadcasts-of.ts"
export { BroadcastError } from "./broadcasts/errors.ts"
export { type Moment, type TestClock, testClock } from "./clock/test-clock.ts"
export { ProgramEndedError, ProgramNotReadyError, ServerMissingError } from "./errors.ts"
export type { Answers, Contract, Operation, ServiceOf } from "./mocks/contract.ts"
export { MockContractError, MockUnexpectedError, MockUnmetError } from "./mocks/errors.ts"
export type { ExpectOptions, Mock } from "./mocks/mock.ts"
export { type Methods, mockPort, mockService } from "./mocks/mock-service.ts"
export { type Exit, type Program, type ProgramOptions, startProgram } from "./programs/program.ts"
export { freePort } from "./servers/free-port.ts"
export { type NatsOptions, startNats } from "./servers/nats.ts"
export { type PgBouncerOptions, startPgBouncer } from "./servers/pgbouncer.ts"
export { type PostgresOptions, startPostgres } from "./servers/postgres.ts"
export { type RedisOptions, startRedis } from "./servers/redis.ts"
export type { TestServer } from "./servers/test-server.ts"
export {
  FixtureError,
  type Leak,
  NoTestError,
  ProductionError,
  WorkLeakError,
} from "./setup/errors.ts"
export type { Fixture } from "./setup/fixture.ts"
export {
  type SandboxLike,
  withBroadcasts,
  withClock,
  withMock,
  withRepo,
  withRow,
  withUser,
} from "./setup/fixtures.ts"
export { type Setup, type SetupOptions, setup, type TestBase } from "./setup/setup.ts"

export { allowTestSockets } from "./web/allow-test-sockets.ts"
export { type AllowOptions, allowTests } from "./web/allow-tests.ts"
export { type Carriers, carriersOf } from "./web/token.ts"
export { withConn } from "./web/with-conn.ts"

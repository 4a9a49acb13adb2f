export { seeded } from "@bennu/core"
export { clockSkew } from "./chaos/clock-skew.ts"
export { type FaultNetwork, faultNetwork } from "./chaos/fault-network.ts"
export {
  type Direction,
  type FaultProxy,
  type FaultProxyOptions,
  faultProxy,
  type Slowness,
  type Target,
} from "./chaos/fault-proxy.ts"
export { type FaultFigure, FaultFoundError, type FaultRun, faultRun } from "./chaos/fault-run.ts"

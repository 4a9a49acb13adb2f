export {
  type TransportClient,
  type TransportTraits,
  transportContract,
} from "./testing/transport-contract.ts"

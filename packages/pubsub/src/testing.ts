export { adapterContract } from "./testing/adapter-contract.ts"

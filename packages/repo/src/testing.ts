export { repoContract } from "./testing/repo-contract.ts"

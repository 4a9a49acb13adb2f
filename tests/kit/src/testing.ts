// By its path: packages use this kit in their own tests, and what @bennu/testing depends on is to their left. By its name
// the kit, and so each of them, would depend on it.
export * from "../../../packages/testing/src/chaos.ts"
export * from "../../../packages/testing/src/index.ts"

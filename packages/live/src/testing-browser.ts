export { mountIn } from "./testing/browser/mount-in.ts"

import { wire } from "./testing/wire.ts"
import { adapterContract } from "./testing.ts"

adapterContract("wire", async () => wire())

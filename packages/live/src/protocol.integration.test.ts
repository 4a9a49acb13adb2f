import { protocolSections } from "../fixtures/protocol/sections.ts"
import { clientVersion } from "./client-version.ts"

protocolSections("phoenix_live_view", clientVersion())

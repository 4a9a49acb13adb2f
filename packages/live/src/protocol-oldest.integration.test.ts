import { protocolSections } from "../fixtures/protocol/sections.ts"

// the oldest client that is said to work: the first of 1.2 on npm
protocolSections("phoenix_live_view_oldest", "1.2.3")

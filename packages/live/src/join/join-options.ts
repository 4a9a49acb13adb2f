import type { Handler } from "@bennu/plug"
import type { PubSub } from "@bennu/pubsub"
import type { Router } from "@bennu/router"
import type { ParkingLot } from "../park/parking-lot.ts"
import type { Stashes } from "../stash/stashes.ts"
import type { Tokens } from "../tokens.ts"
import type { TemporaryFolder } from "../upload/temporary-folder.ts"
import type { OpenSockets } from "./open-sockets.ts"
import type { CurrentAssets } from "./static-changed.ts"

/** An app's routes: what a handler gets before any plug ran is nothing. */
export type AppRouter = Router<Handler<{}>>

/** What the joins of one live socket need. */
export interface JoinOptions {
  readonly router: AppRouter
  readonly pubsub: PubSub
  readonly tokens: Tokens
  /** Of the client. */
  readonly version: string
  /** By the sessions that they are of. */
  readonly sockets: OpenSockets
  /** Where files are put that come. */
  readonly uploadFolder: TemporaryFolder
  /** Null where nobody told. */
  readonly assets: CurrentAssets | null
  /** Null where no view lives on without its page. */
  readonly lot: ParkingLot | null
  /** Null where nothing is kept. */
  readonly stashes: Stashes | null
}

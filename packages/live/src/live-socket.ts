import {
  type LongPollOptions,
  type OriginPolicy,
  type SocketHandler,
  type SocketLimits,
  socket,
} from "@bennu/channels"
import type { Secret } from "@bennu/core/crypto"
import type { PubSub } from "@bennu/pubsub"
import { clientVersion } from "./client-version.ts"
import type { AppRouter } from "./join/join-options.ts"
import { liveChannel } from "./join/live-channel.ts"
import { OpenSockets } from "./join/open-sockets.ts"
import type { CurrentAssets } from "./join/static-changed.ts"
import { type LiveLimits, resolveLiveLimits } from "./options.ts"
import { type ParkOptions, resolveParkOptions } from "./park/park-options.ts"
import { ParkingLot } from "./park/parking-lot.ts"
import { serveRoutes } from "./route/serve-routes.ts"
import { resolveStashOptions, type StashKeeping, type StashOptions } from "./stash/stash-options.ts"
import { Stashes } from "./stash/stashes.ts"
import { liveTokens } from "./tokens.ts"
import { TemporaryFolder } from "./upload/temporary-folder.ts"
import { uploadChannel } from "./upload/upload-channel.ts"
import { frameBytesFor, uploadsOf } from "./upload/uploads-of.ts"

export interface LiveSocketOptions {
  /** The app's: a view is joined through the same pipeline that its page is answered by. */
  readonly router: AppRouter
  readonly pubsub: PubSub
  /** What the pages' tokens are signed with; the first signs, all verify. */
  readonly secret: Secret
  /**
   * The paths of the assets that are current, as `/app-5f3a.js`: a view whose page has others in `phx-track-static` elements is
   * mounted with `staticChanged`.
   */
  readonly assets?: CurrentAssets | undefined
  /** Which pages may open a socket (`"conn"`: those of this very origin). */
  readonly checkOrigin?: OriginPolicy | undefined
  /**
   * How long a view lives on whose connection broke, so that its page finds it as it was; `false` for not at all. What a view streams,
   * uploads or forgets (`temporary`) is the page's alone: such views end with their connection.
   */
  readonly park?: ParkOptions | false | undefined
  /** Where uploaded files lie until they are consumed (the system's folder for such). What a process left there that was killed is removed. */
  readonly uploadDir?: string | undefined
  /**
   * Where the stashes of views are kept that outlive their process: a store that all servers share, and by pages that can
   * (`@bennu/live/client`), which needs none. `false` for nowhere.
   */
  readonly stash?: StashOptions | StashKeeping | false | undefined
  /** How pages are served that cannot open a WebSocket, by any node that knows the secret; `false` for not at all. */
  readonly longpoll?: Omit<LongPollOptions, "secret"> | false | undefined
  /** Of one view, and of one socket. */
  readonly limits?: (LiveLimits & Omit<SocketLimits, keyof LiveLimits>) | undefined
}

// as the socket's own, where nothing is said
const SOCKETS_PER_SESSION = 50
const BODY_BYTES = 1_048_576
// What a page has to say while it waits for an answer comes in one request: chunks of three files at once, as text.
const FRAMES_IN_BODY = 4

/**
 * What the pages' LiveSocket connects to: `endpoint({ router, sockets: { "/live": liveSocket({ router, pubsub, secret }) } })`.
 * @throws {OptionsError} for a limit that is none.
 */
export function liveSocket(options: LiveSocketOptions): SocketHandler {
  const { router, pubsub, secret, checkOrigin, assets = null, uploadDir, limits = {} } = options
  const { park = {}, stash = {}, longpoll = {} } = options
  const {
    mailbox,
    coalesce,
    tasks,
    components,
    sections,
    onceBytes,
    renderBudget,
    handlerBudget,
    handlerTimeout,
    ...ofSocket
  } = limits
  const resolved = resolveLiveLimits({
    ...{ mailbox, coalesce, tasks, components, sections, onceBytes },
    ...{ renderBudget, handlerBudget, handlerTimeout },
  })
  const tokens = liveTokens(secret)
  const version = clientVersion()
  const lot = park === false ? null : new ParkingLot(resolveParkOptions(park))
  serveRoutes(router, tokens, resolved, lot?.firstAnswers ?? null)
  const stashes = stash === false ? null : new Stashes(secret, resolveStashOptions(stash))
  const declared = uploadsOf(router)
  const uploadFolder = new TemporaryFolder(uploadDir)
  if (declared.length > 0) void uploadFolder.sweep()
  const sockets = new OpenSockets(ofSocket.socketsPerSession ?? SOCKETS_PER_SESSION)
  const views = { sockets, router, pubsub, tokens, version, assets, lot, stashes, uploadFolder }
  const channels = {
    "lv:*": liveChannel(views, frameBytesFor(declared, ofSocket.frameBytes)),
    "lvu:*": uploadChannel(tokens, declared),
  }
  const frames = Object.values(channels).map(({ limits }) => limits?.frameBytes ?? 0)
  const polls = {
    secret,
    bodyBytes: Math.max(BODY_BYTES, FRAMES_IN_BODY * Math.max(...frames)),
    ...longpoll,
  }
  const handler = socket({
    ...{ channels, pubsub, checkOrigin, longpoll: longpoll !== false && polls },
    limits: { ...ofSocket, mailbox },
  })
  return {
    ...handler,
    drain: () => stashes?.drain(),
    async stop() {
      // views of clients that poll are parked like others, and then let go
      await handler.stop?.()
      await lot?.close()
    },
  }
}

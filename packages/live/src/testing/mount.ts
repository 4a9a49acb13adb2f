import type { Duration } from "@bennu/core"
import { randomToken } from "@bennu/core/crypto"
import type { Flash } from "@bennu/plug"
import { local, openPubSub, type PubSub } from "@bennu/pubsub"
import type { OnMount } from "../hook.ts"
import type { LiveLayout, LiveView } from "../live-view.ts"
import { addressIn } from "../nested/dead-nesting.ts"
import { LiveNesting } from "../nested/live-nesting.ts"
import { allowedIn } from "../nested/nesting.ts"
import { resolveLiveLimits } from "../options.ts"
import { liveLayoutOf } from "../render/view-html.ts"
import { NestedNames } from "../route/live-route.ts"
import { liveTokens } from "../tokens.ts"
import { TemporaryFolder } from "../upload/temporary-folder.ts"
import type { Address, Arrival } from "../view/arriving.ts"
import { DefinedView } from "../view/defined-view.ts"
import type { Locate } from "../view/patching.ts"
import { ViewProcess } from "../view/view-process.ts"
import { TestViewError } from "./errors.ts"
import { pubsubOf } from "./scope-pubsub.ts"
import { TestPage } from "./test-page.ts"
import { type Opened, OpenedView, type TestView } from "./test-view.ts"

export interface MountOptions<S> {
  readonly scope: S
  /** Path and query parameters. */
  readonly params?: Readonly<Record<string, string>> | undefined
  /** Where the page is (`"/"`). */
  readonly url?: string | undefined
  readonly action?: string | undefined
  readonly flash?: Flash | undefined
  /** What the page's LiveSocket was given as `params`. */
  readonly connectParams?: Readonly<Record<string, unknown>> | undefined
  /** The page's tracked assets are no longer the current ones. */
  readonly staticChanged?: boolean | undefined
  /** What runs before the view's own guards, as those of a live session. */
  readonly onMount?: readonly OnMount<S>[] | undefined
  /** What the view's topics are heard on: the scope's own, where that has a `pubsub`. */
  readonly pubsub?: PubSub | undefined
  /** What stands around the view, as in a live session. */
  readonly layout?: LiveLayout<S> | undefined
  /** How long a callback may take (`"25s"`). */
  readonly handlerTimeout?: Duration | undefined
  /** What telemetry is told of when rendering takes longer (`"50ms"`). */
  readonly renderBudget?: Duration | false | undefined
}

/** What a view around it would give; a view that takes nothing is given nothing. */
export type SessionOption<X> = {} extends X ? { readonly session?: X } : { readonly session: X }

/**
 * Mounts a view as its page does once it is connected, and lets you do what people do. What it shows is put together from the frames
 * that a page would get.
 * @throws What `mount` throws, and what `authorize` refuses.
 * @example await using view = await mount(TodosLive, { scope: testScope({ user: ada }) })
 */
export async function mount<S, X>(
  view: LiveView<S, string, X>,
  options: MountOptions<S> & SessionOption<X>,
): Promise<TestView> {
  const { params = {}, url = "/", action, flash = {}, session = {} } = options
  const defined = DefinedView.from(view)
  const pubsub =
    options.pubsub ??
    pubsubOf(options.scope) ??
    (await openPubSub({ adapter: local() }).start(new AbortController().signal))

  /** Where another path leads: to the same view, with the parameters that its query says anew. */
  function locate(to: string): Address {
    const target = new URL(to, "http://localhost")
    const kept = Object.entries(params).filter(([name]) => !target.searchParams.has(name))
    return { params: Object.fromEntries(kept), url: target, action }
  }

  const own = defined.definition.onMount ?? []
  const seat = {
    ...{ view: defined, id: "test", locate, root: null, around: [], pubsub },
    // layout and guards get the scope of this view
    layout: liveLayoutOf(defined, (options.layout ?? null) as LiveLayout | null),
    guards: [...((options.onMount ?? []) as readonly OnMount<unknown>[]), ...own],
  }
  const opened = new OpenedView(await open(seat, { address: locate(url), flash, session }, options))
  await opened.settled()
  return opened
}

/** What a view stands in. */
interface TestSeat {
  readonly view: DefinedView
  readonly id: string
  readonly locate: Locate
  readonly root: ViewProcess | null
  readonly around: Iterable<DefinedView>
  readonly layout: LiveLayout | null
  readonly guards: readonly OnMount<unknown>[]
  readonly pubsub: PubSub
  /** Hears of its crash. */
  readonly crashed?: (error: unknown) => void
}

/** @param before The same page, and how often it has joined. */
async function open(
  seat: TestSeat,
  given: Pick<Arrival, "address" | "flash" | "session">,
  options: Pick<
    MountOptions<unknown>,
    "scope" | "handlerTimeout" | "renderBudget" | "connectParams" | "staticChanged"
  >,
  before: { readonly page: TestPage; readonly mounts: number } | null = null,
): Promise<Opened> {
  const { view, id, locate, root, around, layout, guards, pubsub } = seat
  const { scope, connectParams = {}, staticChanged = false } = options
  const mounts = before?.mounts ?? 0
  const leaving = new AbortController()
  const limits = resolveLiveLimits({
    ...{ handlerTimeout: options.handlerTimeout, renderBudget: options.renderBudget },
  })
  const served = { tokens, nested: new NestedNames(), sessionName: "test" }
  const { url } = given.address
  const nonce = "test"
  const nesting = new LiveNesting({
    ...{ id, allowed: allowedIn(view, around), served, target: url.pathname, nonce },
  })
  const page = new TestPage((reason, error) => {
    leaving.abort()
    nesting.end()
    if (reason === "crashed") seat.crashed?.(error)
    return process.end(reason)
  }, before?.page)
  const process = new ViewProcess({
    ...{ name: "test", view, pubsub, limits, locate, page, nesting, root },
    ...{ routed: id === "test", pageUrl: url },
    uploads: {
      folder,
      sign: (upload, entry) => tokens.signUpload({ instance: nesting.instance, upload, entry }),
    },
    signFlash: (put) => (Object.keys(put).length > 0 ? JSON.stringify(put) : undefined),
    frame: { scope, connected: true, layout, csrfToken: () => "test", nonce },
    running: {
      ...{ scope, connected: true, signal: leaving.signal, development: true },
      ...{ handlerTimeout: limits.handlerTimeout, guards },
    },
  })
  const joined = await process.join({ ...given, mounts, connectParams, staticChanged })
  page.joined(joined)

  /** The view in the markup, as its page joins it. */
  async function nested(childId: string): Promise<TestView> {
    const held = nesting.placed(childId)
    if (!held) {
      const hint = `The page is: ${page.markup}`
      throw new TestViewError(`no view "${childId}" is rendered`, { hint })
    }
    const child = {
      ...{ view: held.view, id: childId, locate: () => null, root: root ?? process, pubsub },
      ...{ around: nesting.holder.allowed, layout: null },
      guards: held.view.definition.onMount ?? [],
      ...(held.linked && { crashed: (error: unknown) => process.crash(error) }),
    }
    const given = { address: addressIn(url), flash: {}, session: held.session }
    const opened = new OpenedView(await open(child, given, options))
    await opened.settled()
    nesting.started(() => void opened[Symbol.asyncDispose]())
    return opened
  }

  const again = () => open(seat, { ...given, flash: {} }, options, { page, mounts: mounts + 1 })
  return { process, page, nested, again }
}

const folder = new TemporaryFolder()
// Nobody brings them back.
const tokens = liveTokens(randomToken(48))

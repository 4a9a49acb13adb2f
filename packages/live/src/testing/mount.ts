import type { Duration } from "@bennu/core"
import { randomToken } from "@bennu/core/crypto"
import type { Flash } from "@bennu/plug"
import { local, openPubSub, type PubSub } from "@bennu/pubsub"
import type { OnMount } from "../hook.ts"
import type { EndReason, LiveLayout, LiveView } from "../live-view.ts"
import { addressIn } from "../nested/dead-nesting.ts"
import { LiveNesting } from "../nested/live-nesting.ts"
import { allowedIn } from "../nested/nesting.ts"
import { resolveLiveLimits } from "../options.ts"
import { forgets } from "../park/visit.ts"
import { liveLayoutOf } from "../render/view-html.ts"
import { NestedNames } from "../route/live-route.ts"
import type { StashKeeper } from "../stash/stash-keeper.ts"
import { resolveStashOptions } from "../stash/stash-options.ts"
import { STASH_PARAM } from "../stash/stash-page.ts"
import { Stashes } from "../stash/stashes.ts"
import { liveTokens } from "../tokens.ts"
import { TemporaryFolder } from "../upload/temporary-folder.ts"
import type { Address, Arrival } from "../view/arriving.ts"
import { DefinedView } from "../view/defined-view.ts"
import { handlerBudgetOf } from "../view/handler-budget.ts"
import type { Locate } from "../view/patching.ts"
import { ViewProcess } from "../view/view-process.ts"
import { TestViewError } from "./errors.ts"
import { pubsubOf } from "./scope-pubsub.ts"
import { TestPage } from "./test-page.ts"
import { OpenedView, type TestView } from "./test-view.ts"

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
  /** What telemetry is told of when a callback keeps the process busy for longer (`"50ms"`). */
  readonly handlerBudget?: Duration | false | undefined
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
  return openView(seat, { address: locate(url), flash, session }, options)
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

async function openView(
  seat: TestSeat,
  given: Pick<Arrival, "address" | "flash" | "session">,
  options: Pick<
    MountOptions<unknown>,
    | "scope"
    | "handlerTimeout"
    | "renderBudget"
    | "handlerBudget"
    | "connectParams"
    | "staticChanged"
  >,
): Promise<TestView> {
  const { view, id, locate, root, around, layout, guards, pubsub } = seat
  const { scope, connectParams = {}, staticChanged = false } = options
  const limits = resolveLiveLimits({
    ...{ handlerTimeout: options.handlerTimeout, renderBudget: options.renderBudget },
    handlerBudget: options.handlerBudget,
  })
  const served = { tokens, nested: new NestedNames(), sessionName: "test" }
  const { url } = given.address
  const nonce = "test"
  let mounts = 0

  /** One run of the view. */
  function run(keeper: StashKeeper | null) {
    const leaving = new AbortController()
    const target = url.pathname
    const holder = { id, allowed: allowedIn(view, around), served, target, nonce }
    const nesting = new LiveNesting(
      { ...holder, page: "test", pageKey: id, navigated: false },
      mounts,
    )
    const process = new ViewProcess({
      ...{ name: "test", view, pubsub, limits, locate, page, nesting, root, keeper },
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
        handlerBudget: handlerBudgetOf("test", view, limits),
      },
    })
    async function end(reason: EndReason): Promise<void> {
      leaving.abort()
      nesting.end()
      keeper?.end(reason === "left")
      await process.end(reason)
    }
    return { process, nesting, end }
  }

  /** Joins the view as a page does, to a process that knows nothing but what the page brings. */
  async function join() {
    const stash = new Stashes(secret, resolveStashOptions({ interval: 1 }))
    const seat = { name: "test", view, visitor: "test", pageUrl: url, locate }
    const params = { ...connectParams, [STASH_PARAM]: page.stash }
    const taken = { seat, pageKey: id, navigated: false, joins: mounts }
    const opened = await stash.open(id, taken, { mounts, params }, page)
    const started = run(opened?.keeper ?? null)
    const arrival = { ...given, mounts: mounts++, connectParams, staticChanged }
    current = started
    page.joined(await started.process.join({ ...arrival, restored: opened?.restored ?? null }))
    return { ...started, stash }
  }

  const page: TestPage = new TestPage((reason, error) => {
    if (reason === "crashed") seat.crashed?.(error)
    return current.end(reason)
  })
  let current: ReturnType<typeof run>
  let { process, nesting, end, stash } = await join()

  async function comeBack(server: "keep" | "restart"): Promise<ViewProcess> {
    page.lost()
    if (server === "keep" && !forgets(view)) {
      const { options } = process
      process.detach(page)
      const arrival = { ...given, mounts: mounts++, connectParams, staticChanged }
      const joined = await process.attach({ ...options, page }, arrival)
      if (joined) page.joined(joined)
      return process
    }
    await stash.drain()
    await end("closed")
    ;({ process, nesting, end, stash } = await join())
    return process
  }

  /** The view in the markup, as its page joins it. */
  async function nested(childId: string): Promise<TestView> {
    const held = nesting.arrived(childId)
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
    const opened = await openView(child, given, options)
    nesting.started(() => void opened[Symbol.asyncDispose]())
    return opened
  }

  const opened = new OpenedView(process, page, { nested, comeBack })
  await opened.settled()
  return opened
}

const folder = new TemporaryFolder()
// Nobody but the pages of this process brings back what they sign and seal.
const secret = randomToken(48)
const tokens = liveTokens(secret)

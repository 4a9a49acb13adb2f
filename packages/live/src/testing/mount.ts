import type { Duration } from "@bennu/core"
import type { Flash } from "@bennu/plug"
import { local, openPubSub, type PubSub } from "@bennu/pubsub"
import type { OnMount } from "../hook.ts"
import type { LiveLayout, LiveView } from "../live-view.ts"
import { resolveLiveLimits } from "../options.ts"
import { liveLayoutOf } from "../render/view-html.ts"
import type { Address } from "../view/arriving.ts"
import { isRecord } from "../view/client-message.ts"
import { DefinedView } from "../view/defined-view.ts"
import { ViewProcess } from "../view/view-process.ts"
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
  const { scope, params = {}, url = "/", action, flash = {}, connectParams = {} } = options
  const defined = DefinedView.from(view)
  const leaving = new AbortController()
  const pubsub =
    options.pubsub ??
    pubsubOf(scope) ??
    (await openPubSub({ adapter: local() }).start(leaving.signal))
  const own = defined.definition.onMount ?? []
  const limits = resolveLiveLimits({ handlerTimeout: options.handlerTimeout })
  // the layout gets the scope of this view
  const layout = liveLayoutOf(defined, (options.layout ?? null) as LiveLayout | null)
  const page = new TestPage((reason) => {
    leaving.abort()
    return process.end(reason)
  })

  /** Where another path leads: to the same view, with the parameters that its query says anew. */
  function locate(to: string): Address {
    const target = new URL(to, "http://localhost")
    const kept = Object.entries(params).filter(([name]) => !target.searchParams.has(name))
    return { params: Object.fromEntries(kept), url: target, action }
  }

  const process = new ViewProcess({
    ...{ name: "test", view: defined, pubsub, mailbox: limits, locate, page },
    signFlash: (put) => (Object.keys(put).length > 0 ? JSON.stringify(put) : undefined),
    frame: { scope, connected: true, layout, csrfToken: () => "test" },
    running: {
      ...{ scope, connected: true, signal: leaving.signal, development: true },
      handlerTimeout: limits.handlerTimeout,
      // they get the scope of this view
      guards: [...((options.onMount ?? []) as readonly OnMount<unknown>[]), ...own],
    },
  })
  const { staticChanged = false, session = {} } = options
  const joined = await process.join({
    ...{ address: locate(url), flash, mounts: 0, connectParams, staticChanged, session },
  })
  page.joined(joined)
  const opened = new OpenedView(process, page)
  await opened.settled()
  return opened
}

/** A scope carries its ports: what is broadcast through it is heard here. */
function pubsubOf(scope: unknown): PubSub | null {
  const pubsub = isRecord(scope) ? scope["pubsub"] : null
  // whatever a scope calls its pubsub can be subscribed to, or is none
  return isRecord(pubsub) && typeof pubsub["subscribe"] === "function"
    ? (pubsub as unknown as PubSub)
    : null
}

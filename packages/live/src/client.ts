export { browserStash } from "./client/browser-stash.ts"
export {
  type ConnectedSocket,
  type OfflineBannerOptions,
  offlineBanner,
} from "./client/offline-banner.ts"
export type { PageElement as ViewElement } from "./client/page.ts"
export { propsOf } from "./client/props-of.ts"
export { type ViewTransitionOptions, viewTransitions } from "./client/view-transitions.ts"

// What this folder uses of a browser. It is written down here so that the rest of the package, which runs on a server, does not get
// to see what only pages have.

export interface PageElement {
  readonly id: string
  hidden: boolean
  hasAttribute(name: string): boolean
  getAttribute(name: string): string | null
  closest(selector: string): PageElement | null
}

export interface PageEvent {
  readonly target: unknown
  readonly detail?: unknown
}

export interface Listening {
  addEventListener(name: string, heard: (event: PageEvent) => void, options?: object): void
}

export interface PageDocument extends Listening {
  readonly hidden: boolean
  querySelector(selector: string): PageElement | null
  getElementById(id: string): PageElement | null
  /** Not in all browsers. */
  startViewTransition?(
    update: (() => void) | { readonly update: () => void; readonly types: readonly string[] },
  ): { readonly ready: Promise<unknown>; readonly finished: Promise<unknown> }
}

export interface PageStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export interface PageWindow extends Listening {
  readonly document: PageDocument
  readonly location: { readonly pathname: string }
  readonly sessionStorage: PageStorage
  matchMedia?(query: string): { readonly matches: boolean }
}

/** The page that the module runs in. */
export const page = (): PageWindow => globalThis as unknown as PageWindow // it is imported by pages only

import { STASH_EVENT, STASH_PARAM } from "../stash/stash-page.ts"
import { type PageElement, type PageWindow, page } from "./page.ts"

type Params = Readonly<Record<string, unknown>>

// where a page that is loaded while its connection is broken leaves what it kept for the one that comes
const STORED = "bennu:stash"
const MAIN = "[data-phx-main]"
// views of one page that keep something
const LIMIT = 100

/**
 * Lets the page keep the stashes of its views, so that they survive whatever happens to the server, and the page being loaded anew
 * while its connection is broken. What it keeps is encrypted, and lies in the page's memory; it cannot be read here, but whoever uses
 * the page may bring back an older one.
 * @param params What the LiveSocket is given anyway.
 * @returns The `params` of the LiveSocket.
 * @example new LiveSocket("/live", Socket, { params: browserStash({ _csrf_token: token }) })
 */
export function browserStash(
  params: Params | ((element?: PageElement) => Params) = {},
): (element?: PageElement) => Record<string, unknown> {
  const window = page()
  const { document } = window
  const kept = new Map<string, string>()
  const carried = takeCarried(window)

  window.addEventListener(`phx:${STASH_EVENT}`, ({ detail }) => {
    const { id, stash } = told(detail)
    if (id === undefined) return
    kept.delete(id)
    // what came with the page is older
    carried.delete(nameOf(document.getElementById(id)) ?? id)
    if (stash !== undefined) kept.set(id, stash)
    if (kept.size <= LIMIT) return
    for (const id of kept.keys()) if (document.getElementById(id) === null) kept.delete(id)
  })
  // another view comes into the same element
  window.addEventListener("phx:page-loading-start", ({ detail }) => {
    if (kindOf(detail) !== "redirect") return
    kept.delete(document.querySelector(MAIN)?.id ?? "")
    carried.clear()
  })
  window.addEventListener("pagehide", () => {
    if (kept.size === 0 || document.querySelector(`${MAIN}.phx-connected`) !== null) return
    const main = document.querySelector(MAIN)?.id
    const views = [...kept].map(([id, stash]) => [id === main ? MAIN : id, stash])
    store(window, JSON.stringify([window.location.pathname, views]))
  })

  return (element) => {
    const given = typeof params === "function" ? params(element) : params
    // the socket itself asks too, for its address: that is no place for it
    if (element === undefined) return { ...given }
    const carry = carried.get(nameOf(element) ?? "")
    return { ...given, [STASH_PARAM]: kept.get(element.id) ?? carry ?? null }
  }
}

/** What a view is called in another page. */
const nameOf = (element: PageElement | null): string | undefined =>
  element?.hasAttribute("data-phx-main") ? MAIN : element?.id

const isRecord = (value: unknown): value is Params => typeof value === "object" && value !== null

function told(detail: unknown): { readonly id?: string; readonly stash?: string } {
  const { id, stash } = isRecord(detail) ? detail : {}
  return {
    ...(typeof id === "string" && { id }),
    ...(typeof stash === "string" && { stash }),
  }
}

const kindOf = (detail: unknown): unknown => (isRecord(detail) ? detail["kind"] : undefined)

/** What the page before this one left, once, if it was at the same address. */
function takeCarried({ sessionStorage, location }: PageWindow): Map<string, string> {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(STORED) ?? "null")
    sessionStorage.removeItem(STORED)
    if (!Array.isArray(stored) || stored[0] !== location.pathname) return new Map()
    return new Map(stored[1])
  } catch {
    // storage is blocked, or somebody wrote something else
    return new Map()
  }
}

function store({ sessionStorage }: PageWindow, text: string): void {
  try {
    sessionStorage.setItem(STORED, text)
  } catch {
    // blocked or full: then the page starts afresh
  }
}

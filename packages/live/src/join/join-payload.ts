import { isRecord } from "../view/client-message.ts"

/** What a page sends to join a view, as far as it makes sense. */
export interface JoinPayload {
  readonly session: unknown
  /** Null where the page has none. */
  readonly static: unknown
  readonly flash: unknown
  /** Path and query of where the page is, or goes to; null for a view that has no address. */
  readonly target: string | null
  /** The page came here by live navigation. */
  readonly navigated: boolean
  /** Where it came from then, as its client says each time that it joins. */
  readonly referer: string
  readonly params: Readonly<Record<string, unknown>>
  readonly mounts: number
}

/** Null for an address that is none. */
export function targetOf(address: unknown): string | null {
  const url = typeof address === "string" ? URL.parse(address) : null
  if (url?.protocol !== "http:" && url?.protocol !== "https:") return null
  return url.pathname + url.search
}

/** Null for what no client sends. */
export function joinPayload(payload: unknown): JoinPayload | null {
  if (!isRecord(payload)) return null
  const { session, flash, url, redirect } = payload
  const params = isRecord(payload["params"]) ? payload["params"] : {}
  const mounts = params["_mounts"]
  return {
    ...{ session, static: payload["static"] || null, flash, params },
    target: targetOf(redirect ?? url),
    navigated: redirect !== undefined,
    referer: typeof params["_live_referer"] === "string" ? params["_live_referer"] : "",
    mounts: Number.isSafeInteger(mounts) ? Number(mounts) : 0,
  }
}

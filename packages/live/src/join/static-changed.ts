/** What the socket knows of the files that pages track with `phx-track-static`: their current paths. */
export type CurrentAssets = () => readonly string[]

/** Whether a page has other assets than the current ones. A page that tracks none is never out of date. */
export function staticChanged(tracked: unknown, assets: CurrentAssets | null): boolean {
  if (!assets || !Array.isArray(tracked)) return false
  const current = assets()
  return tracked.some((url: unknown) => {
    const parsed = typeof url === "string" ? URL.parse(url) : null
    return !parsed || !current.some((path) => parsed.pathname.endsWith(path))
  })
}

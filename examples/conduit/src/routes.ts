import { paths, query, resourcePaths } from "@bennu/router"

/** The forms that the feed comes in. */
export const feeds = ["atom", "json"] as const

const single = paths(
  {
    home: { path: "/", query: query<{ page?: number | undefined; tag?: string | undefined }>() },
    about: "/about",
    article: "/articles/:slug",
    write: "/editor",
    edit: "/editor/:slug",
    archive: "/archive",
    name: { path: "/name", query: query<{ to?: string }>() },
    rename: "POST /name",
    forget: "DELETE /name",
    setPicture: "POST /picture",
    picture: "/pictures/:file",
    apiTags: "GET /api/tags",
    apiDescription: "GET /api/openapi.json",
    cspReports: "POST /csp-reports",
    feed: "GET /feeds/:format",
    setTheme: "POST /theme",
  },
  { oneOf: { format: feeds } },
)

/** Names, verbs and patterns only, so that anything may import it without a cycle. */
export const path = {
  ...single,
  apiArticles: resourcePaths("/api/articles", { only: ["index", "show"], param: "slug" }),
}

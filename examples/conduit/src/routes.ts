import { paths } from "@bennu/router"

/** Names, verbs and patterns only, so that anything may import it without a cycle. */
export const path = paths({
  home: "/",
  about: "/about",
  article: "/articles/:slug",
  write: "/editor",
  edit: "/editor/:slug",
  name: "/name",
  rename: "POST /name",
  apiArticles: "GET /api/articles",
  apiArticle: "GET /api/articles/:slug",
  apiTags: "GET /api/tags",
  cspReports: "POST /csp-reports",
})

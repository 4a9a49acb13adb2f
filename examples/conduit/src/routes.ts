import { paths } from "@bennu/router"

/** Names, verbs and patterns only, so that anything may import it without a cycle. */
export const path = paths({
  home: "/",
  about: "/about",
  article: "/articles/:slug",
  write: "/editor",
  edit: "/editor/:slug",
  archive: "/archive",
  name: "/name",
  rename: "POST /name",
  forget: "DELETE /name",
  setPicture: "POST /picture",
  picture: "/pictures/:file",
  apiArticles: "GET /api/articles",
  apiArticle: "GET /api/articles/:slug",
  apiTags: "GET /api/tags",
  apiDescription: "GET /api/openapi.json",
  cspReports: "POST /csp-reports",
})

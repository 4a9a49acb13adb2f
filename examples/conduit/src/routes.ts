import { paths, resourcePaths } from "@bennu/router"

const single = paths({
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
  apiTags: "GET /api/tags",
  apiDescription: "GET /api/openapi.json",
  cspReports: "POST /csp-reports",
})

/** Names, verbs and patterns only, so that anything may import it without a cycle. */
export const path = {
  ...single,
  apiArticles: resourcePaths("/api/articles", { only: ["index", "show"], param: "slug" }),
}

import type { Plug } from "../plug.ts"
import { type StaticFiles, type StaticOptions, staticFiles } from "./files.ts"

/** Answers requests for the files of a folder, and lets all others pass. Give it to `app` or the endpoint, before the routes. */
export function serveStatic(options: StaticOptions | StaticFiles): Plug {
  const files = "match" in options ? options : staticFiles(options)
  return (conn, next) => files.match(conn.path, conn) ?? next(conn)
}

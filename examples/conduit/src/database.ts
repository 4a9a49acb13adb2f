import { join } from "node:path"
import { openRepo } from "@bennu/repo"
import { pglite } from "@bennu/repo/pglite"
import { postgres } from "@bennu/repo/postgres"
import * as Articles from "./articles.ts"
import * as Comments from "./comments.ts"
import * as Readers from "./readers.ts"
import * as Seeds from "./seeds.ts"

/** What the database is made of: for the app as it starts, and for `bennu migrate` and `bennu seed`. */
export const schemas = [...Articles.schemas, ...Comments.schemas, ...Readers.schemas]
export const seeds = [{ name: "articles", run: Seeds.writeArticles }]
export const migrations = join(import.meta.dirname, "../migrations")

/** The server at `url`, or an embedded one in the folder `data`. */
export const database = (url: string | undefined, data = ".data") =>
  openRepo({ driver: url ? postgres({ url }) : pglite({ dir: join(data, "db") }) })

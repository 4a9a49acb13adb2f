// What the tests of this app share: its database, migrated and empty, and scopes to act in.
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { supervisor } from "@bennu/core"
import { migrate, migrationsIn } from "@bennu/migrations"
import { local, openPubSub } from "@bennu/pubsub"
import { openRepo } from "@bennu/repo"
import { postgres } from "@bennu/repo/postgres"
import { createDatabase } from "bennu-testkit"
import { picturesIn } from "./pictures.ts"
import type { ReaderScope, Scope } from "./vocabulary.ts"

/** A database of its own for a test file, with the scopes of somebody without a name and of two people with one. */
export async function testApp() {
  const database = await createDatabase()
  const app = supervisor({ name: "conduit-test" })
  const repo = await app.start(openRepo({ driver: postgres({ url: database.url }) }))
  await migrate(repo.sql, await migrationsIn(join(import.meta.dirname, "../migrations")))
  const pubsub = await app.start(openPubSub({ adapter: local() }))
  const files = await mkdtemp(join(tmpdir(), "conduit-pictures-"))
  const anyone: Scope = { reader: null, repo, pubsub, pictures: picturesIn(files) }
  const named = (name: string): ReaderScope => ({
    ...anyone,
    reader: { id: crypto.randomUUID(), name, picture: null },
  })
  return {
    anyone,
    ada: named("Ada"),
    grace: named("Grace"),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await database.drop()
      await rm(files, { recursive: true })
    },
  }
}

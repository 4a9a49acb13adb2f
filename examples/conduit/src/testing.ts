// What the tests of this app share: its database, in which each test is alone, and people to act as.
import { mkdtempDisposable } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { supervisor } from "@bennu/core"
import { migrate, migrationsIn } from "@bennu/migrations"
import { local, openPubSub } from "@bennu/pubsub"
import { openRepo, type Repo } from "@bennu/repo"
import { postgres } from "@bennu/repo/postgres"
import { openSandbox } from "@bennu/repo/testing"
import { factory } from "@bennu/schema/factory"
import { type Fixture, setup, withRepo } from "@bennu/testing"
import { createDatabase } from "bennu-testkit"
import { Article } from "./articles.ts"
import { migrations } from "./database.ts"
import { picturesIn } from "./pictures.ts"
import { Reader } from "./readers.ts"
import type { ReaderScope, Scope } from "./vocabulary.ts"

export const reader = factory(Reader, (n) => ({
  id: crypto.randomUUID(),
  name: `Reader ${n}`,
  picture: null,
}))

export const article = factory(Article, (n) => ({
  slug: `article-${n}`,
  title: `Article ${n}`,
  description: "What it may do.",
  body: "It might act upon *other things* besides number.",
  author: "Ada",
}))
  .belongsTo({ reader })
  .trait("hostile", { title: "<b>Bold</b>", body: "See <script>alert(1)</script>, *please*." })

/** Somebody without a name, and two people with one. */
interface People {
  readonly anyone: Scope
  readonly ada: ReaderScope
  readonly grace: ReaderScope
}

const withPeople: Fixture<{ readonly repo: Repo }, People> = async ({ repo }, use) => {
  await using parts = supervisor({ name: "conduit-test" })
  await using folder = await mkdtempDisposable(join(tmpdir(), "conduit-pictures-"))
  const pubsub = await parts.start(openPubSub({ adapter: local() }))
  const anyone: Scope = { reader: null, repo, pubsub, pictures: picturesIn(folder.path) }
  const named = async (name: string) => ({ ...anyone, reader: await reader.insert(repo, { name }) })
  await use({ anyone, ada: await named("Ada"), grace: await named("Grace") })
}

/** Conduit for a test file: what a test writes is taken back, and tests run at once. */
export async function conduitTests() {
  await using opening = new AsyncDisposableStack()
  const database = await createDatabase()
  opening.defer(() => database.drop())
  const driver = postgres({ url: database.url, poolSize: 4 })
  {
    await using repo = await openRepo({ driver }).start(AbortSignal.any([]))
    await migrate(repo.sql, await migrationsIn(migrations))
  }
  const sandbox = opening.use(await openSandbox({ driver }))
  const opened = opening.move()
  return {
    /** Finds the test around whoever asks: for what is started once, such as a router. */
    repo: sandbox.repo,
    tests: setup().and(withRepo(sandbox)).and(withPeople),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

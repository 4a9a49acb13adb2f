import {
  type Broadcasts,
  broadcastsOf,
  type PubSubLike,
  type TopicLike,
} from "../broadcasts/broadcasts-of.ts"
import type { TestClock } from "../clock/test-clock.ts"
import type { Mock } from "../mocks/mock.ts"
import type { Fixture } from "./fixture.ts"

/** All that is asked of a sandbox; what `openSandbox` of `@bennu/repo/testing` gives fits. */
export interface SandboxLike<R> {
  run<T>(work: (test: { readonly repo: R }) => PromiseLike<T>): Promise<T>
}

/** Gives each test a transaction that is taken back: `repo`. */
export const withRepo =
  <R>(sandbox: SandboxLike<R>): Fixture<object, { readonly repo: R }> =>
  (_given, use) =>
    sandbox.run(({ repo }) => use({ repo }))

/** Inserts a row for each test, by a factory: `withRow("article", article.with("published"))`. */
export const withRow =
  <Name extends string, R, Row>(
    name: Name,
    factory: { insert(repo: R): Promise<Row> },
  ): Fixture<{ readonly repo: R }, { readonly [K in Name]: Row }> =>
  async ({ repo }, use) => {
    const made = { [name]: await factory.insert(repo) }
    // the object has the one key that its type tells
    await use(made as { readonly [K in Name]: Row })
  }

/** Inserts whoever acts in a test, by a factory: `user`. */
export const withUser = <R, User>(factory: {
  insert(repo: R): Promise<User>
}): Fixture<{ readonly repo: R }, { readonly user: User }> => withRow("user", factory)

/** Gives each test a time of its own on a clock that the whole app was given: `clock`. */
export const withClock =
  (clock: TestClock): Fixture<object, { readonly clock: TestClock }> =>
  (_given, use) =>
    clock.run(() => use({ clock }))

/** Gives each test its share of a mock, which is verified at the end: `withMock("payments", payments)`. */
export const withMock =
  <Name extends string, S, A>(
    name: Name,
    mock: Mock<S, A>,
  ): Fixture<object, { readonly [K in Name]: Mock<S, A> }> =>
  (_given, use) =>
    // the object has the one key that its type tells
    mock.run(() => use({ [name]: mock } as { readonly [K in Name]: Mock<S, A> }))

/**
 * Gives each test what a topic says while it runs: `withBroadcasts("changes", pubsub, ({ user }) => changesOf(user.id))`.
 * @param topicOf The topic, of what fixtures before it made: one of the test's own, where tests run at once.
 */
export const withBroadcasts =
  <Name extends string, M, Needs extends object = object>(
    name: Name,
    pubsub: PubSubLike,
    topicOf: (given: Needs) => TopicLike<M>,
  ): Fixture<Needs, { readonly [K in Name]: Broadcasts<M> }> =>
  async (given, use) => {
    using broadcasts = broadcastsOf(pubsub, topicOf(given))
    // the object has the one key that its type tells
    await use({ [name]: broadcasts } as { readonly [K in Name]: Broadcasts<M> })
  }

import { expectTypeOf, test } from "vitest"
import * as z from "zod"
import { type Hearer, local, openPubSub, type Topic, topic } from "./index.ts"

const pubsub = await openPubSub({ adapter: local() }).start(new AbortController().signal)
const news = topic("news", z.object({ title: z.string(), hits: z.coerce.number() }))

test("a topic has the type that its schema makes", () => {
  expectTypeOf(news).toEqualTypeOf<Topic<{ title: string; hits: number }>>()
  pubsub.subscribe(news, (message) =>
    expectTypeOf(message).toEqualTypeOf<{ title: string; hits: number }>(),
  )
})

test("only messages of that type are broadcast", () => {
  void pubsub.broadcast(news, { title: "a", hits: 1 })
  // @ts-expect-error a message is complete
  void pubsub.broadcast(news, { title: "a" })
  // @ts-expect-error a message has the type of its topic
  void pubsub.broadcast(news, { title: "a", hits: "1" })
  // @ts-expect-error a message has nothing more
  void pubsub.broadcast(news, { title: "a", hits: 1, more: true })
  // @ts-expect-error the topic decides, not the message
  void pubsub.broadcast(topic("count", z.number()), "1")
})

test("a subscription can be used", () => {
  using subscription = pubsub.subscribe(news, () => {})
  void pubsub.broadcastFrom(subscription, news, { title: "a", hits: 1 })
  // @ts-expect-error only a subscription can be left out
  void pubsub.broadcastFrom({}, news, { title: "a", hits: 1 })
})

test("what a dispatch wants to know of its listeners, they have to say", () => {
  const byRole = (
    hearers: readonly Hearer<string, { role: "admin" | "guest" }>[],
    text: string,
  ) => {
    for (const { meta, tell } of hearers) if (meta.role === "admin") tell(text)
  }
  const rooms = topic("rooms", z.string(), { dispatch: byRole })
  expectTypeOf(rooms).toEqualTypeOf<Topic<string, { role: "admin" | "guest" }>>()
  pubsub.subscribe(rooms, () => {}, { role: "guest" })
  // @ts-expect-error it is missing
  pubsub.subscribe(rooms, () => {})
  // @ts-expect-error it is another
  pubsub.subscribe(rooms, () => {}, { role: "root" })
  // @ts-expect-error nobody wants to know
  pubsub.subscribe(news, () => {}, { role: "guest" })
  const plain = (topic: Topic<string>) => topic.name
  // @ts-expect-error whoever subscribes without a meta cannot take it
  plain(rooms)
  // who broadcasts need not know
  void pubsub.broadcast(rooms, "hello")
  // @ts-expect-error a dispatch takes the messages of its topic
  topic("rooms", z.number(), { dispatch: byRole })
})

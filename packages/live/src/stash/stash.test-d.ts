import { html } from "@bennu/html"
import { describe, expectTypeOf, test } from "vitest"
import * as z from "zod"
import { liveComponents, liveViews } from "../index.ts"

const liveView = liveViews<{ readonly name: string }>()

describe("the stash of a view", () => {
  test("keeps assigns, each with a schema that gives what mount gives", () => {
    liveView({
      public: true,
      mount: ({ restored }) => ({ count: restored ? 1 : 0, draft: "" }),
      stash: { keys: { count: z.number() }, version: 2, checkpoints: { count: true } },
      handleParams: (socket) => socket.assign({ count: 1 }),
      render({ count, draft }) {
        expectTypeOf(count).toEqualTypeOf<number>()
        expectTypeOf(draft).toEqualTypeOf<string>()
        return html`${count}`
      },
    })
  })

  test("keeps nothing that mount does not make", () => {
    liveView({
      public: true,
      mount: () => ({ count: 0 }),
      // @ts-expect-error there is no such assign
      stash: { keys: { counter: z.number() } },
      render: () => html``,
    })
  })

  test("keeps nothing as what it is not", () => {
    liveView({
      public: true,
      mount: () => ({ count: 0 }),
      // @ts-expect-error the assign is a number
      stash: { keys: { count: z.string() } },
      render: () => html``,
    })
  })

  test("has checkpoints that are assigns", () => {
    liveView({
      public: true,
      mount: () => ({ count: 0 }),
      // @ts-expect-error there is no such assign
      stash: { keys: { count: z.number() }, checkpoints: { counter: true } },
      render: () => html``,
    })
  })
})

describe("the stash of a live component", () => {
  const liveComponent = liveComponents<object>()
  const render = () => html`<p></p>`

  test("keeps assigns, under a name", () => {
    liveComponent({
      mount: ({ restored }) => ({ count: restored ? 1 : 0 }),
      stash: { name: "counter", keys: { count: z.number() }, checkpoints: { count: true } },
      render: ({ count }) => html`<p>${count}</p>`,
    })
    liveComponent({
      mount: () => ({ count: 0 }),
      // @ts-expect-error it needs a name, by which what is kept is found again
      stash: { keys: { count: z.number() } },
      render,
    })
  })

  test("keeps nothing as what it is not", () => {
    liveComponent({
      mount: () => ({ count: 0 }),
      // @ts-expect-error the assign is a number
      stash: { name: "counter", keys: { count: z.string() } },
      render,
    })
  })
})

import { once } from "node:events"
import { endpoint } from "@bennu/endpoint"
import { each, html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { browser, liveView, root, type Scope, secret, startPubSub } from "../fixtures/app.ts"
import { browse } from "../fixtures/browser.ts"
import {
  assignAsync,
  assignAsyncKeys,
  asyncResult,
  component,
  link,
  live,
  liveComponents,
  liveRender,
  liveSocket,
  props,
} from "./index.ts"

const path = paths({ report: "/report", other: "/other" })
const signals: AbortSignal[] = []
let answer = Promise.withResolvers<number>()

const Report = liveView({
  public: true,
  streams: { rows: (row: { id: number }) => row.id },
  events: { again: {} },
  mount: ({ streamAsync }) => {
    streamAsync("rows", async () => [{ id: 1 }, { id: 2 }])
    return {
      done: assignAsync((signal) => {
        signals.push(signal)
        return answer.promise
      }),
    }
  },
  handleEvent: {
    again: (socket) =>
      socket.update("done", (last) =>
        assignAsync((signal) => {
          signals.push(signal)
          return answer.promise
        }, last),
      ),
  },
  render: ({ done }, { again }, { streams }) => html`<p id="done">${asyncResult(done, {
    loading: () => html`counting`,
    ok: (count) => html`${count}${done.loading && "…"}`,
  })}</p><button id="again" phx-click="${again}">again</button><a id="away" ${link({ navigate: "/other" })}>away</a>
    <ol id="rows" phx-update="stream">${each(streams.rows, ({ id }, dom) => html`<li id="${dom}">${id}</li>`)}</ol>`,
})
const Other = liveView({ public: true, render: () => html`<h1 id="other">other</h1>` })
const app = router(
  scope("/", browser, { layout: root }, [live(path.report, Report), live(path.other, Other)]),
)

it("shows a page what is on its way, then what has come, and stops working when the page goes", async () => {
  const sockets = {
    "/live": liveSocket({ router: app, pubsub: await startPubSub(), secret }),
  } as const
  await using server = await endpoint({ router: app, port: 0, host: "127.0.0.1", sockets }).start(
    new AbortController().signal,
  )
  const url = `${server.url.origin}/report`
  expect(await (await fetch(url)).text()).toContain('<p id="done">counting</p>')
  expect(signals).toEqual([])
  using page = await browse(url)
  const shows = (selector: string, text: string) =>
    expect.poll(() => page.text(selector), { interval: 2 }).toBe(text)
  await shows("#rows", "12")
  expect(page.text("#done")).toBe("counting")
  answer.resolve(7)
  await shows("#done", "7")
  answer = Promise.withResolvers()
  page.click("#again")
  await shows("#done", "7…")
  page.click("#away")
  await shows("#other", "other")
  await expect.poll(() => signals.map(({ aborted }) => aborted)).toEqual([false, true])
})

describe("what a page's first answer is to wait for", () => {
  /** What is shown of such work by a page of a view, a component and a nested view. */
  async function firstAnswer(work: (signal: AbortSignal) => Promise<number>, wait: "1m" | "1ms") {
    const show = {
      loading: () => html`counting`,
      failed: ({ message }: Error) => html`${message}`,
      ok: (count: number) => html`${count} counted`,
    }
    const count = async (signal: AbortSignal) => ({ done: await work(signal) })
    const counted = () => assignAsyncKeys(["done"], count, undefined, { wait })
    const Part = liveComponents<Scope>()({
      props: props<object>(),
      mount: counted,
      render: ({ done }) => html`<i>${asyncResult(done, show)}</i>`,
    })
    const Inner = liveView({
      public: true,
      mount: counted,
      render: ({ done }) => html`<b>${asyncResult(done, show)}</b>`,
    })
    const Counts = liveView({
      public: true,
      components: [Part],
      views: [Inner],
      mount: counted,
      render: ({ done }) =>
        html`<p>${asyncResult(done, show)}</p>${component(Part, { id: "part" })}${liveRender(Inner, { id: "inner" })}`,
    })
    const routes = router(scope("/", browser, { layout: root }, [live(path.report, Counts)]))
    const sockets = {
      "/live": liveSocket({ router: routes, pubsub: await startPubSub(), secret }),
    } as const
    await using server = await endpoint({ router: routes, port: 0, sockets }).start(
      new AbortController().signal,
    )
    const answer = await fetch(new URL("/report", server.url))
    return [...(await answer.text()).matchAll(/<([pib])>(.*?)<\/\1>/g)].map((match) => match[2])
  }

  it("stands in it: the view's, a component's, a nested view's", async () => {
    const shown = await firstAnswer(async () => 7, "1m")
    expect(shown).toEqual(["7 counted", "7 counted", "7 counted"])
  })

  it("is shown on its way when it takes longer, and aborted", async () => {
    const aborted: Promise<unknown>[] = []
    const never = (signal: AbortSignal) => {
      aborted.push(once(signal, "abort"))
      return new Promise<number>(() => {})
    }
    expect(await firstAnswer(never, "1ms")).toEqual(["counting", "counting", "counting"])
    expect(await Promise.all(aborted)).toHaveLength(3)
  })

  it("says why it failed", async () => {
    const failing = () => Promise.reject(new Error("no answer"))
    expect(await firstAnswer(failing, "1m")).toEqual(["no answer", "no answer", "no answer"])
  })
})

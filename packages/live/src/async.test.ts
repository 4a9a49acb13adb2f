import type { Result } from "@bennu/core"
import { each, html } from "@bennu/html"
import { describe, expect, it, onTestFinished } from "vitest"
import * as z from "zod"
import { liveView } from "../fixtures/app.ts"
import { assignAsync, assignAsyncKeys, asyncFailed, asyncOk, asyncResult } from "./index.ts"
import { mount } from "./testing.ts"

const scope = { name: "ada" }

/** Work that ends when the test says so. */
class Work {
  readonly signals: AbortSignal[] = []
  readonly #ends: PromiseWithResolvers<number>[] = []
  readonly task = (signal: AbortSignal): Promise<number> => {
    this.signals.push(signal)
    const end = Promise.withResolvers<number>()
    this.#ends.push(end)
    return end.promise
  }
  end(index: number, value: number): void {
    this.#ends[index]?.resolve(value)
  }
  fail(index: number, error: unknown): void {
    this.#ends[index]?.reject(error)
  }
}

function view(work: Work, timeout?: number) {
  const timed = timeout === undefined ? {} : { timeout }
  const said = (result: Result<unknown, Error>) =>
    result.ok ? String(result.value) : result.error.message
  return liveView({
    public: true,
    events: {
      reload: {},
      forget: {},
      cancel: z.object({ name: z.string() }),
      print: {},
      plain: {},
    },
    mount: () => ({ done: assignAsync(work.task, undefined, timed), text: "" }),
    handleEvent: {
      reload: (socket) => socket.update("done", (last) => assignAsync(work.task, last)),
      forget: (socket) => socket.assign({ done: asyncOk(0) }),
      cancel: (socket, { name }) => socket.cancelAsync(name),
      print: (socket) =>
        socket.startAsync(
          "print",
          work.task,
          (later, pages) => later.assign({ text: `printed ${said(pages)}` }),
          timed,
        ),
      plain: (socket) => socket.startAsync("plain", work.task),
    },
    handleAsync: (socket, name, result) => socket.assign({ text: `${name}: ${said(result)}` }),
    render: ({ done, text }) =>
      html`${asyncResult(done, {
        loading: () => html`loading`,
        failed: ({ message }) => html`${message}`,
        ok: (count) => html`${count}${done.loading && "…"}${done.failed && "!"}`,
      })}|${text}`,
  })
}

describe("an assign on its way", () => {
  it("is shown as such, then as its result", async () => {
    const work = new Work()
    await using page = await mount(view(work), { scope })
    expect(page.html()).toBe("loading|")
    work.end(0, 7)
    await page.asyncSettled()
    expect(page.html()).toBe("7|")
  })

  it("keeps what it had while it is loaded again, and after that failed", async () => {
    const work = new Work()
    await using page = await mount(view(work), { scope })
    work.end(0, 7)
    await page.asyncSettled()
    await page.push("reload")
    expect(page.html()).toBe("7…|")
    work.fail(1, "no reason")
    await page.asyncSettled()
    expect(page.html()).toBe("7!|")
  })

  it("that fails at first shows why, and telemetry is told", async () => {
    const failures: string[] = []
    const channel = asyncFailed
    const heard = (message: unknown) => failures.push((message as { name: string }).name)
    const { subscribe, unsubscribe } = await import("node:diagnostics_channel")
    subscribe(channel.name, heard)
    onTestFinished(() => void unsubscribe(channel.name, heard))
    const work = new Work()
    await using page = await mount(view(work), { scope })
    work.fail(0, new Error("no answer"))
    await page.asyncSettled()
    expect(page.html()).toBe("no answer|")
    expect(failures).toEqual(["assign done"])
  })

  it("aborts what is replaced, and shows the last one whichever ends first", async () => {
    const work = new Work()
    await using page = await mount(view(work), { scope })
    await page.push("reload")
    expect(work.signals[0]?.aborted).toBe(true)
    work.end(1, 2)
    work.end(0, 1)
    await page.asyncSettled()
    expect(page.html()).toBe("2|")
    await page.push("reload")
    await page.push("forget")
    expect(work.signals[2]?.aborted).toBe(true)
    work.end(2, 9)
    await page.asyncSettled()
    expect(page.html()).toBe("0|")
  })

  it("can be cancelled by its key, and given a time to end in", async () => {
    const work = new Work()
    await using page = await mount(view(work), { scope })
    await page.push("cancel", { name: "done" })
    await page.asyncSettled()
    expect(page.html()).toBe("&quot;assign done&quot; was cancelled|")
    await using late = await mount(view(work, 1), { scope })
    await late.asyncSettled()
    expect(late.html()).toContain("did not end within 1 ms")
    expect(work.signals[1]?.aborted).toBe(true)
  })

  it("is not started where nobody is connected", () => {
    const work = new Work()
    const shown = asyncResult(assignAsync(work.task), { loading: () => html`…`, ok: () => html`` })
    expect(String(shown)).toBe("…")
    expect(work.signals).toEqual([])
  })
})

describe("startAsync", () => {
  it("hands the result to what was said with it, or to handleAsync", async () => {
    const work = new Work()
    await using page = await mount(view(work), { scope })
    work.end(0, 0)
    await page.push("print")
    work.end(1, 3)
    await page.asyncSettled()
    expect(page.html()).toBe("0|printed 3")
    await page.push("plain")
    work.fail(2, new Error("jammed"))
    await page.asyncSettled()
    expect(page.html()).toBe("0|plain: jammed")
  })

  it("gives a cancelled task's view an error, even when its result was there already", async () => {
    const work = new Work()
    await using page = await mount(view(work), { scope })
    work.end(0, 0)
    await page.push("print")
    await page.push("cancel", { name: "print" })
    work.end(1, 3)
    await page.asyncSettled()
    expect(page.html()).toBe("0|printed &quot;print&quot; was cancelled")
    expect(work.signals[1]?.aborted).toBe(true)
  })

  it("takes a task that throws at once for one that failed", async () => {
    const Thrower = liveView({
      public: true,
      mount: ({ startAsync }) => {
        startAsync("now", () => {
          throw new TypeError("at once")
        })
        return { text: "" }
      },
      handleAsync: (socket, name, result) =>
        socket.assign({ text: `${name} ${result.ok ? "" : result.error.name}` }),
      render: ({ text }) => html`${text}`,
    })
    await using page = await mount(Thrower, { scope })
    await page.asyncSettled()
    expect(page.html()).toBe("now TypeError")
  })

  it("aborts when the view ends, and its result is nobody's", async () => {
    const work = new Work()
    const page = await mount(view(work), { scope })
    await page.push("print")
    await page[Symbol.asyncDispose]()
    expect(work.signals.map(({ aborted }) => aborted)).toEqual([true, true])
    work.end(1, 1)
  })

  it("has a bound: a view that starts without end crashes, and is mounted afresh", async () => {
    const Flood = liveView({
      public: true,
      events: { flood: {} },
      handleEvent: {
        flood: (socket) => {
          let next = socket
          for (let n = 0; n < 101; n++) next = next.startAsync(`${n}`, () => new Promise(() => {}))
          return next
        },
      },
      render: () => html``,
    })
    await using page = await mount(Flood, { scope })
    await expect(page.push("flood")).rejects.toMatchObject({ code: "ERR_LIVE_TOO_MANY_TASKS" })
  })
})

describe("streamAsync", () => {
  const rows = (from: number) => [{ id: from }, { id: from + 1 }]
  const Rows = (task: (signal: AbortSignal) => Promise<readonly { id: number }[]>) =>
    liveView({
      public: true,
      streams: { rows: (row: { id: number }) => row.id },
      events: { more: {}, stop: {} },
      mount: ({ streamAsync }) => {
        streamAsync("rows", task)
        return {}
      },
      handleEvent: {
        more: (socket) => socket.streamAsync("rows", async () => rows(7), { reset: true }),
        stop: (socket) => socket.cancelAsync("rows"),
      },
      render: (_, __, { streams }) =>
        html`<ol id="rows" phx-update="stream">${each(streams.rows, ({ id }, dom) => html`<li id="${dom}">${id}</li>`)}</ol>`,
    })

  it("fills a stream when its rows are there, and replaces them when it is asked to", async () => {
    await using page = await mount(
      Rows(async () => rows(1)),
      { scope },
    )
    await page.asyncSettled()
    expect(page.html()).toContain('<li id="rows-1">1</li><li id="rows-2">2</li>')
    await page.push("more")
    await page.asyncSettled()
    expect(page.html()).toContain('stream"><li id="rows-7">7</li><li id="rows-8">8</li></ol>')
  })

  it("leaves the stream as it is when it fails or is cancelled", async () => {
    const work = new Work()
    await using page = await mount(
      Rows(async (signal) => rows(await work.task(signal))),
      { scope },
    )
    await page.push("stop")
    expect(work.signals[0]?.aborted).toBe(true)
    await page.asyncSettled()
    expect(page.html()).toBe('<ol id="rows" phx-update="stream"></ol>')
    await using failing = await mount(
      Rows(() => Promise.reject(new Error("no rows"))),
      { scope },
    )
    await failing.asyncSettled()
    expect(failing.html()).toBe('<ol id="rows" phx-update="stream"></ol>')
  })
})

describe("several assigns of one piece of work", () => {
  const signals: AbortSignal[] = []
  const loads: PromiseWithResolvers<{ org: string; users: readonly string[] }>[] = []
  const load = (signal: AbortSignal) => {
    signals.push(signal)
    const loading = Promise.withResolvers<{ org: string; users: readonly string[] }>()
    loads.push(loading)
    return loading.promise
  }
  const Team = liveView({
    public: true,
    events: { again: {}, drop: z.object({ key: z.enum(["org", "users"]) }) },
    mount: () => ({ ...assignAsyncKeys(["org", "users"], load) }),
    handleEvent: {
      again: (socket) => socket.assign(assignAsyncKeys(["org", "users"], load, socket.assigns)),
      drop: (socket, { key }) =>
        key === "org"
          ? socket.assign({ org: asyncOk("none") })
          : socket.assign({ users: asyncOk([]) }),
    },
    render: ({ org, users }) => html`${org.result}: ${users.result?.length} ${org.loading}`,
  })

  it("are loaded together, keep what was there, and fail together", async () => {
    await using page = await mount(Team, { scope })
    expect(loads).toHaveLength(1)
    loads[0]?.resolve({ org: "A", users: ["x", "y"] })
    await page.asyncSettled()
    expect(page.html()).toBe("A: 2 ")
    await page.push("again")
    expect(loads).toHaveLength(2)
    expect(page.html()).toBe("A: 2 ")
    loads[1]?.reject(new Error("gone"))
    await page.asyncSettled()
    expect(page.html()).toBe("A: 2 ")
  })

  it("are worked on for as long as one of them is wanted", async () => {
    await using page = await mount(Team, { scope })
    const signal = signals.at(-1)
    await page.push("drop", { key: "org" })
    expect(signal?.aborted).toBe(false)
    await page.push("drop", { key: "users" })
    expect(signal?.aborted).toBe(true)
  })
})

import { html } from "@bennu/html"
import { topic } from "@bennu/pubsub"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { liveView, startPubSub } from "../fixtures/app.ts"
import { component, liveComponents, type OnMount, on, redirect } from "./index.ts"
import { mount } from "./testing.ts"

const scope = { name: "ada" }
interface Scope {
  readonly name: string
}

const Counter = liveView({
  public: true,
  params: z.object({ from: z.coerce.number().default(0) }),
  events: { add: z.object({ by: z.number() }), drop: {}, twice: {} },
  mount: ({ params, attachHook }) => {
    attachHook("log", "handleEvent", async (socket, { event }, next) => {
      const after = await next(socket)
      return after.pushEvent("after", { event })
    })
    return { count: params.from, from: 0 }
  },
  handleParams: (socket, { from }) => socket.assign({ from }),
  handleEvent: {
    add: (socket, { by }) => socket.update("count", (count) => count + by),
    drop: (socket) => socket.detachHook("log", "handleEvent"),
    twice: (socket) => socket.attachHook("log", "handleEvent", (inner, _, next) => next(inner)),
  },
  render: ({ count, from }) => html`${count} from ${from}`,
})

describe("a hook", () => {
  it("stands around events, and what it does comes after what they did", async () => {
    await using page = await mount(Counter, { scope })
    await page.push("add", { by: 2 })
    expect(page.html()).toBe("2 from 0")
    expect(page.events).toEqual([{ name: "after", payload: { event: "add" } }])
  })

  it("is gone once it is detached, and its name is free again", async () => {
    await using page = await mount(Counter, { scope })
    await page.push("drop")
    await page.push("add", { by: 1 })
    await page.push("twice")
    await page.push("add", { by: 1 })
    expect(page.html()).toBe("2 from 0")
    expect(page.events.map(({ payload }) => payload)).toEqual([{ event: "drop" }])
  })

  it("cannot be attached under a name that the stage has already", async () => {
    await using page = await mount(Counter, { scope })
    await expect(page.push("twice")).rejects.toMatchObject({ code: "ERR_LIVE_DEFINITION" })
  })

  it("may answer an event that no view declared, and stop one that it did", async () => {
    const gate: OnMount<Scope> = ({ attachHook }) => {
      attachHook("gate", "handleEvent", (socket, { event, payload }, next) => {
        if (event === "ping") return socket.reply({ pong: payload })
        return event === "add" ? socket.putFlash("error", "no") : next(socket)
      })
    }
    await using page = await mount(Counter, { scope, onMount: [gate] })
    expect(await page.push("ping", { n: 1 })).toEqual({ pong: { n: 1 } })
    await page.push("add", { by: 5 })
    expect(page.html()).toBe("0 from 0")
    await expect(page.push("nobody")).rejects.toThrow("unknown")
  })

  it("cannot get past an event's schema: what it hands on is checked like what came", async () => {
    const forge: OnMount<Scope> = ({ attachHook }) => {
      attachHook("forge", "handleEvent", (socket, { event }, next) =>
        next(socket, { event, payload: { by: "all of it" } }),
      )
    }
    await using page = await mount(Counter, { scope, onMount: [forge] })
    await expect(page.push("add", { by: 1 })).rejects.toThrow("invalid")
  })

  it("stands around parameters, which it may change before the view's schema reads them", async () => {
    const clamp: OnMount<Scope> = ({ attachHook }) => {
      attachHook("clamp", "handleParams", (socket, { params, url }, next) =>
        next(socket, { params: Number(params["from"]) > 9 ? { from: "9" } : params, url }),
      )
    }
    await using page = await mount(Counter, { scope, params: { from: "3" }, onMount: [clamp] })
    expect(page.html()).toBe("3 from 3")
    await page.patch("/?from=12")
    expect(page.html()).toBe("3 from 9")
  })

  it("stands around messages, in the order in which hooks were attached", async () => {
    const said = topic("said", z.string())
    const Heard = liveView({
      public: true,
      mount: ({ attachHook }) => {
        attachHook("one", "handleMessage", (socket, { topic, message }, next) =>
          message === "quiet" ? undefined : next(socket, { topic, message: `${message}!` }),
        )
        attachHook("two", "handleMessage", (socket, { topic, message }, next) =>
          next(socket, { topic, message: `${topic}: ${message}` }),
        )
        return { heard: [] as string[] }
      },
      subscribe: (_) => [
        on(said, (socket, text) => socket.update("heard", (heard) => [...heard, text])),
      ],
      render: ({ heard }) => html`${heard.join()}`,
    })
    const pubsub = await startPubSub()
    await using page = await mount(Heard, { scope, pubsub })
    await pubsub.broadcast(said, "loud")
    await pubsub.broadcast(said, "quiet")
    await page.settled()
    expect(page.html()).toBe("said: loud!")
  })

  it("hears what was drawn: what it pushes goes along, what it assigns is shown with what changes next", async () => {
    const said = topic("said", z.string())
    const Drawn = liveView({
      public: true,
      events: { add: {}, nothing: {} },
      mount: ({ attachHook }) => {
        attachHook("drawn", "afterRender", (socket, { whole }) => {
          const drawn = Number(socket.assigns["drawn"]) + 1
          return socket.assign({ drawn }).pushEvent("drawn", { drawn, whole })
        })
        return { count: 0, drawn: 0 }
      },
      handleEvent: { add: (socket) => socket.update("count", (count) => count + 1), nothing() {} },
      subscribe: (_) => [on(said, (socket) => socket.update("count", (count) => count + 10))],
      render: ({ count, drawn }) => html`${count} drawn ${drawn}`,
    })
    const pubsub = await startPubSub()
    await using page = await mount(Drawn, { scope, pubsub })
    expect(page.html()).toBe("0 drawn 0")
    await page.push("add")
    expect(page.html()).toBe("1 drawn 1")
    expect(page.frames).toEqual([{ 0: "1", 1: "1", e: [["drawn", { drawn: 2, whole: false }]] }])
    await page.push("nothing")
    await pubsub.broadcast(said, "x")
    await page.settled()
    expect(page.html()).toBe("11 drawn 2")
    expect(page.events.map(({ payload }) => payload)).toEqual([
      { drawn: 1, whole: true },
      { drawn: 2, whole: false },
      { drawn: 3, whole: false },
    ])
  })

  it("stands around no stage that a component does not have", async () => {
    for (const stage of ["afterRender", "handleParams"] as const) {
      const Part = liveComponents<Scope>()({
        mount({ attachHook }) {
          attachHook("idle", stage, (socket, _, next) => next(socket))
          return {}
        },
        render: () => html`<i></i>`,
      })
      const view = liveView({
        public: true,
        components: [Part],
        render: () => html`${component(Part, { id: "part" })}`,
      })
      const failed = mount(view, { scope })
      await expect(failed).rejects.toMatchObject({ code: "ERR_LIVE_DEFINITION" })
    }
  })

  it("that drops the socket of what came after it is found out", async () => {
    const drop: OnMount<Scope> = ({ attachHook }) => {
      attachHook("drop", "handleEvent", async (socket, _, next) => {
        await next(socket)
      })
    }
    await using page = await mount(Counter, { scope, onMount: [drop] })
    await expect(page.push("add", { by: 1 })).rejects.toMatchObject({
      code: "ERR_LIVE_SOCKET_DROPPED",
    })
  })
})

describe("a guard", () => {
  it("runs before mount, the session's before the view's own, and a redirect ends it there", async () => {
    const ran: string[] = []
    const Guarded = liveView({
      public: true,
      onMount: [
        () => {
          ran.push("own")
        },
        ({ scope: { name } }) => (name === "ada" ? undefined : redirect("/login")),
      ],
      mount: () => {
        ran.push("mount")
        return { n: 1 }
      },
      render: ({ n }) => html`${n}`,
    })
    const outer: OnMount<Scope> = async () => {
      ran.push("session")
    }
    await using page = await mount(Guarded, { scope, onMount: [outer] })
    expect(page.html()).toBe("1")
    expect(ran).toEqual(["session", "own", "mount"])
    await using sent = await mount(Guarded, { scope: { name: "eve" } })
    expect(sent.navigations).toEqual([{ kind: "redirect", to: "/login", replace: false }])
    expect(ran.slice(3)).toEqual(["own"])
  })
})

describe("a temporary assign", () => {
  it("is undefined again once it was rendered, and nothing is sent for that", async () => {
    const Log = liveView({
      public: true,
      events: { line: z.object({ text: z.string() }), touch: {} },
      temporary: ["line"],
      mount: (): { line: string | undefined; touched: number } => ({ line: "first", touched: 0 }),
      handleEvent: {
        line: (socket, { text }) => socket.assign({ line: text }),
        touch: (socket) =>
          socket.update("touched", (touched) => touched + (socket.assigns.line ? 10 : 1)),
      },
      render: ({ line, touched }) =>
        html`<p id="log" phx-update="append">${line && html`<i id="${line}">${line}</i>`}</p>${touched}`,
    })
    await using page = await mount(Log, { scope })
    expect(page.html()).toContain("first")
    expect(page.frames).toEqual([])
    await page.push("touch")
    expect(page.html()).toContain("</p>1")
    await page.push("line", { text: "second" })
    expect(page.html()).toContain("second")
  })
})

describe("staticChanged", () => {
  it("is what the page's tracked assets say", async () => {
    const Reload = liveView({
      public: true,
      mount: ({ staticChanged }) => ({ staticChanged }),
      render: ({ staticChanged }) => html`${staticChanged && "reload"}`,
    })
    await using old = await mount(Reload, { scope, staticChanged: true })
    expect(old.html()).toBe("reload")
    await using current = await mount(Reload, { scope })
    expect(current.html()).toBe("")
  })
})

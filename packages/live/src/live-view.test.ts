import { html } from "@bennu/html"
import { describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { liveView } from "../fixtures/app.ts"
import { JS } from "./index.ts"
import { mount } from "./testing.ts"

const scope = { name: "ada" }

describe("a live view", () => {
  it("shows what it mounted, with who looks at it and the parameters of its address", async () => {
    const view = liveView({
      params: z.object({ page: z.coerce.number().default(1) }),
      public: true,
      mount: ({ scope, params, connected }) => ({
        text: `${scope.name} ${params.page} ${connected}`,
      }),
      title: ({ text }) => `of ${text}`,
      render: ({ text }) => html`<p>${text}</p>`,
    })
    await using page = await mount(view, { scope, params: { page: "2" } })
    expect(page.html()).toBe("<p>ada 2 true</p>")
    expect(page.title).toBe("of ada 2 true")
  })

  it("changes by its events, each with the payload that its schema allows", async () => {
    const view = liveView({
      public: true,
      events: { add: z.object({ by: z.coerce.number() }), reset: {} },
      mount: () => ({ count: 0 }),
      handleEvent: {
        add: (socket, { by }) => socket.update("count", (count) => count + by),
        reset: async (socket) => socket.assign({ count: 0 }),
      },
      render: ({ count }, { add, reset }) => html`<b>${count}</b>
        <a phx-click="${add}" phx-value-by="2">add</a>
        <i phx-click="${JS.push(reset).hide()}">reset</i>`,
    })
    await using page = await mount(view, { scope })
    await page.element("a").click()
    await page.element("a").click()
    expect(page.element("b").text()).toBe("4")
    await page.element("i").click()
    expect(page.element("b").text()).toBe("0")
  })

  it("refuses events that it did not declare, that do not fit or that the scope may not send, and lives on", async () => {
    const view = liveView({
      public: true,
      events: {
        set: z.object({ to: z.number() }),
        own: {
          payload: z.object({ name: z.string() }),
          authorize: (scope, { name }) => scope.name === name,
        },
      },
      mount: () => ({ value: "none" }),
      handleEvent: {
        set: (socket, { to }) => socket.assign({ value: `${to}` }),
        own: (socket, { name }) => socket.assign({ value: name }),
      },
      render: ({ value }) => html`${value}`,
    })
    await using page = await mount(view, { scope })
    await expect(page.push("unset")).rejects.toThrow('"unset" was refused: unknown')
    await expect(page.push("__proto__")).rejects.toThrow("unknown")
    await expect(page.push("constructor")).rejects.toThrow("unknown")
    await expect(page.push("set", { to: "1" })).rejects.toThrow("invalid")
    await expect(page.push("own", { name: "bob" })).rejects.toThrow("unauthorized")
    expect(page.html()).toBe("none")
    await page.push("own", { name: "ada" })
    expect(page.html()).toBe("ada")
  })

  it("takes a guard's promise for no", async () => {
    const yes = () => Promise.resolve(true) as unknown as boolean
    const view = liveView({ authorize: yes, render: () => html`secret` })
    await expect(mount(view, { scope })).rejects.toMatchObject({ code: "ERR_LIVE_FORBIDDEN" })
  })

  it("is not mounted for who may not see it, or with parameters that do not fit", async () => {
    const mounted = vi.fn(() => ({}))
    const view = liveView({
      params: z.object({ id: z.uuid() }),
      authorize: ({ name }) => name === "ada",
      mount: mounted,
      render: () => html``,
    })
    const id = "c7a3b1de-2c1c-4b62-9d8e-0d6a1f6f9d10"
    await expect(mount(view, { scope, params: { id: "x" } })).rejects.toMatchObject({ status: 404 })
    const bob = { name: "bob" }
    await expect(mount(view, { scope: bob, params: { id } })).rejects.toMatchObject({ status: 403 })
    expect(mounted).not.toHaveBeenCalled()
  })

  it("fills in forms and says which field changed and which nobody has used", async () => {
    const seen = vi.fn()
    const view = liveView({
      public: true,
      events: { validate: z.looseObject({}), save: z.looseObject({}) },
      mount: () => ({ name: "" }),
      handleEvent: {
        validate: (_, params) => void seen(params),
        save(socket, params) {
          seen(params)
          return socket.assign({ name: "saved" })
        },
      },
      render: (
        { name },
        { validate, save },
      ) => html`<form phx-change="${validate}" phx-submit="${save}">
        <input name="user[name]" value="${name}"><input name="user[email]">
        <button name="by" value="button">save</button>
        <input type="checkbox" name="user[news]" value="yes"><select name="lang"><option>en</option><option>de</option></select>
      </form><input id="alone" name="alone" phx-change="${validate}">`,
    })
    await using page = await mount(view, { scope })
    await page.element("form").change({ user: { name: "Al" } })
    expect(seen).toHaveBeenLastCalledWith({
      user: { _unused_email: "", email: "", name: "Al" },
      _unused_lang: "",
      lang: "en",
      _target: ["user", "name"],
    })
    await page.element("form").submit({ "user[name]": "Al", "user[news]": "yes" })
    expect(seen).toHaveBeenLastCalledWith({
      user: { email: "", name: "Al", news: "yes" },
      lang: "en",
    })
    await page.element("button").click()
    expect(seen).toHaveBeenLastCalledWith(expect.objectContaining({ lang: "en", by: "button" }))
    await page.element("#alone").change({ alone: "typed" })
    expect(seen).toHaveBeenLastCalledWith({ alone: "typed", _target: ["alone"] })
    await expect(page.element("form").submit({ nmae: "x" })).rejects.toThrow('no field "nmae"')
  })

  it("answers a hook and pushes events to the page", async () => {
    const view = liveView({
      public: true,
      events: { ask: {}, tell: {} },
      handleEvent: {
        ask: (socket) => socket.reply({ answer: 42 }),
        tell: (socket) => socket.pushEvent("told", { a: 1 }).pushEvent("again"),
      },
      mount: ({ pushEvent }) => {
        pushEvent("mounted")
        return {}
      },
      render: () => html``,
    })
    await using page = await mount(view, { scope })
    expect(await page.push("ask")).toEqual({ answer: 42 })
    await page.push("tell")
    expect(page.events.map(({ name }) => name)).toEqual(["mounted", "told", "again"])
  })

  it("shows and clears its flash", async () => {
    const view = liveView({
      public: true,
      events: { warn: {} },
      handleEvent: { warn: (socket) => socket.putFlash("error", "no").putFlash("info", "well") },
      render: (_assigns, _events, { flash }) => html`${flash.info}|${flash.error}`,
    })
    await using page = await mount(view, { scope, flash: { info: "hello" } })
    expect(page.html()).toBe("hello|")
    await page.push("warn")
    expect(page.html()).toBe("well|no")
    await page.push("lv:clear-flash", { key: "info" })
    expect(page.html()).toBe("|no")
    await page.push("lv:clear-flash")
    expect(page.html()).toBe("|")
    await page.push("warn")
    await page.patch("/?page=2")
    expect(page.html()).toBe("|")
  })

  it("ends when a callback throws, and says so to terminate", async () => {
    const ended = vi.fn()
    const view = liveView({
      public: true,
      events: { fail: {}, draw: {} },
      mount: () => ({ bad: false }),
      handleEvent: {
        fail: () => {
          throw new Error("oops")
        },
        draw: (socket) => socket.assign({ bad: true }),
      },
      terminate: (_, reason) => ended(reason),
      render: ({ bad }) => {
        if (bad) throw new Error("cannot draw")
        return html`fine`
      },
    })
    const page = await mount(view, { scope })
    await expect(page.push("fail")).rejects.toThrow("oops")
    await page[Symbol.asyncDispose]()
    expect(ended).toHaveBeenCalledExactlyOnceWith("crashed")
    const second = await mount(view, { scope })
    await expect(second.push("draw")).rejects.toThrow("cannot draw")
  })

  it("ends a callback that takes too long, and aborts what it waits for", async () => {
    const aborted = Promise.withResolvers<void>()
    const view = liveView({
      public: true,
      events: { wait: {} },
      handleEvent: {
        wait: ({ signal }) => {
          signal.addEventListener("abort", () => aborted.resolve())
          return new Promise<void>(() => {})
        },
      },
      render: () => html``,
    })
    const page = await mount(view, { scope, handlerTimeout: 1 })
    await expect(page.push("wait")).rejects.toMatchObject({ code: "ERR_LIVE_HANDLER_TIMEOUT" })
    await aborted.promise
  })

  it("stands in its layout, which changes with it", async () => {
    const view = liveView({
      public: true,
      events: { greet: {} },
      handleEvent: { greet: (socket) => socket.putFlash("info", "hi").pushPatch("/?greeted") },
      render: () => html`inside`,
    })
    await using page = await mount(view, {
      scope,
      layout: ({ content, flash, scope, url }) =>
        html`<nav>${scope.name} ${flash.info}${url.search}</nav>${content}`,
    })
    expect(page.html()).toBe("<nav>ada </nav>inside")
    await page.push("greet")
    expect(page.html()).toBe("<nav>ada hi?greeted</nav>inside")
    await using bare = await mount(
      liveView({ public: true, layout: false, render: () => html`bare` }),
      { scope, layout: () => html`layout` },
    )
    expect(bare.html()).toBe("bare")
  })
})

describe("in development, a live view", () => {
  const dropping = liveView({
    public: true,
    events: { drop: {}, branch: {}, write: {} },
    mount: () => ({ n: 0, list: [1] }),
    handleEvent: {
      drop: (socket) => {
        socket.assign({ n: 1 })
      },
      branch: (socket) => {
        socket.assign({ n: 1 })
        return socket.assign({ n: 2 })
      },
      write: (socket) => {
        ;(socket.assigns.list as number[]).push(2)
      },
    },
    render: ({ n }) => html`${n}`,
  })

  it.each(["drop", "branch"])(
    "fails when a handler makes a socket and drops it: %s",
    async (event) => {
      const page = await mount(dropping, { scope })
      await expect(page.push(event)).rejects.toMatchObject({ code: "ERR_LIVE_SOCKET_DROPPED" })
    },
  )

  it("fails when somebody writes to assigns", async () => {
    const page = await mount(dropping, { scope })
    await expect(page.push("write")).rejects.toThrow(TypeError)
  })

  it("fails when a socket is used after its callback", async () => {
    let kept: (() => unknown) | undefined
    const view = liveView({
      public: true,
      events: { keep: {} },
      mount: () => ({ n: 0 }),
      handleEvent: {
        keep: (socket) => {
          kept = () => socket.assign({ n: 1 })
        },
      },
      render: ({ n }) => html`${n}`,
    })
    await using page = await mount(view, { scope })
    await page.push("keep")
    expect(kept).toThrow("was used after that had ended")
  })
})

describe("liveView", () => {
  it("finds events without handlers, and handlers without events, where the view is defined", () => {
    const bad = { public: true, events: { go: {} }, render: () => html`` } as const
    expect(() => liveView(bad)).toThrow('the event "go" has no handler')
    const worse = { public: true, handleEvent: { go() {} }, render: () => html`` } as const
    expect(() => liveView(worse)).toThrow('handleEvent has "go", which is no event')
    // @ts-expect-error nobody decided who may see it
    expect(() => liveView({ render: () => html`` })).toThrow("does not say who may see it")
  })
})

import { html } from "@bennu/html"
import { describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { liveView } from "../fixtures/app.ts"
import { link, pushNavigate, redirect } from "./index.ts"
import { mount } from "./testing.ts"

const scope = { name: "ada" }

describe("a view that goes elsewhere", () => {
  it("sends elsewhere from mount", async () => {
    const view = liveView({
      public: true,
      mount: ({ scope }) => (scope.name === "bob" ? { n: 1 } : redirect("/login")),
      render: ({ n }) => html`${n}`,
    })
    await using page = await mount(view, { scope })
    expect(page.navigations).toEqual([{ kind: "redirect", to: "/login", replace: false }])
    expect(page.html()).toBe("")
  })

  it("sends elsewhere from mount as from anywhere: to another view, or to another site", async () => {
    const view = liveView({
      public: true,
      params: z.object({ to: z.string().default("view") }),
      mount: ({ params: { to }, pushEvent }) => {
        pushEvent("late", { to })
        if (to === "view") return pushNavigate("/other", { replace: true })
        return redirect({ external: to })
      },
      render: () => html``,
    })
    await using page = await mount(view, { scope })
    expect(page.navigations).toEqual([{ kind: "navigate", to: "/other", replace: true }])
    expect(page.events).toEqual([{ name: "late", payload: { to: "view" } }])
    await using away = await mount(view, { scope, params: { to: "https://example.com/" } })
    expect(away.navigations[0]).toMatchObject({ kind: "redirect", to: "https://example.com/" })
    for (const to of ["javascript:alert(1)", "//example.com"]) {
      const none = mount(view, { scope, params: { to } })
      await expect(none).rejects.toMatchObject({ code: "ERR_LIVE_NAVIGATION" })
    }
  })

  it("follows patches of the page and of its own, and authorizes each anew", async () => {
    const view = liveView({
      params: z.object({ page: z.coerce.number().default(1) }),
      authorize: (_, { page }) => page < 10,
      events: { next: {}, far: {} },
      mount: () => ({ seen: [] as number[] }),
      handleParams: (socket, { page }) => socket.update("seen", (seen) => [...seen, page]),
      handleEvent: {
        next: (socket) => socket.pushPatch(`/?page=${socket.params.page + 1}`, { replace: true }),
        far: (socket) => socket.pushPatch("/?page=10"),
      },
      render: ({ seen }, { next }, { url }) => html`<b>${seen.join()}</b> ${url.search}
        <a ${link({ patch: "/?page=5" })}>five</a><i phx-click="${next}">next</i><u ${link({ patch: "/?page=11" })}>far</u>`,
    })
    await using page = await mount(view, { scope })
    await page.element("a").click()
    await page.element("i").click()
    expect(page.element("b").text()).toBe("1,5,6")
    expect(page.html()).toContain("?page=6")
    expect(page.navigations).toEqual([{ kind: "patch", to: "/?page=6", replace: true }])
    await expect(page.push("far")).rejects.toMatchObject({ code: "ERR_LIVE_FORBIDDEN" })
  })

  it("ends when it goes to another view or page", async () => {
    const ended = vi.fn()
    const view = liveView({
      public: true,
      events: { go: {}, leave: {}, run: {}, half: {} },
      handleEvent: {
        go: (socket) => socket.putFlash("info", "bye").pushEvent("gone").pushNavigate("/other"),
        leave: (socket) => socket.redirect({ external: "https://example.com/" }),
        run: (socket) => socket.redirect({ external: "javascript:alert(1)" }),
        half: (socket) => socket.redirect({ external: "//example.com" }),
      },
      terminate: (_, reason) => ended(reason),
      render: () => html`here`,
    })
    await using page = await mount(view, { scope })
    await page.push("go")
    expect(page.navigations).toEqual([{ kind: "navigate", to: "/other", replace: false }])
    expect(page.events).toEqual([{ name: "gone", payload: {} }])
    await expect(page.push("go")).rejects.toThrow("the view went to /other")
    expect(ended).toHaveBeenCalledExactlyOnceWith("left")
    await using second = await mount(view, { scope })
    await second.push("leave")
    expect(second.navigations[0]?.to).toBe("https://example.com/")
    for (const event of ["run", "half"]) {
      const third = await mount(view, { scope })
      await expect(third.push(event)).rejects.toMatchObject({ code: "ERR_LIVE_NAVIGATION" })
    }
  })

  it.each([
    "//evil.example",
    "/\\evil.example",
    "/\tx",
    "/\n/x",
    "/%09/x",
    "https://evil.example",
    "x",
  ])("does not go to %j", async (to) => {
    const view = liveView({
      public: true,
      events: { go: {} },
      handleEvent: { go: (socket) => socket.pushNavigate(to) },
      render: () => html``,
    })
    await using page = await mount(view, { scope })
    await expect(page.push("go")).rejects.toMatchObject({ code: "ERR_LIVE_NAVIGATION", to })
    expect(() => redirect(to)).toThrow("does not lead to a page of this site")
    expect(() => pushNavigate(to)).toThrow("does not lead to a page of this site")
  })

  it("gives up on patches that never settle", async () => {
    const view = liveView({
      public: true,
      handleParams: (socket) => socket.pushPatch("/"),
      render: () => html``,
    })
    await expect(mount(view, { scope })).rejects.toMatchObject({ code: "ERR_LIVE_NAVIGATION" })
  })
})

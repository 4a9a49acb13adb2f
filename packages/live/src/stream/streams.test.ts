import { each, html } from "@bennu/html"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { liveView } from "../../fixtures/app.ts"
import { mount } from "../testing.ts"
import { declaredStreams, Streams } from "./streams.ts"

interface Message {
  readonly id: number
  readonly text: string
}
const message = (id: number, text = `m${id}`): Message => ({ id, text })
const Id = z.object({ id: z.coerce.number() })

const Room = liveView({
  public: true,
  streams: { messages: (row: Message) => row.id, seen: { domId: (name: string) => `who-${name}` } },
  events: {
    add: Id,
    first: Id,
    keep: Id,
    update: Id,
    remove: Id,
    hide: z.object({ id: z.string() }),
    anew: {},
    move: Id,
    toggle: {},
    count: {},
    wrong: {},
  },
  mount: ({ stream }) => {
    stream("messages", [message(1), message(2)])
    return { shown: true, count: 0 }
  },
  handleEvent: {
    add: (socket, { id }) => socket.streamInsert("messages", message(id)),
    first: (socket, { id }) => socket.streamInsert("messages", message(id), { at: 0 }),
    keep: (socket, { id }) => socket.streamInsert("messages", message(id), { limit: -2 }),
    update: (socket, { id }) =>
      socket.streamInsert("messages", message(id, "new"), { updateOnly: true }),
    remove: (socket, { id }) => socket.streamDelete("messages", message(id)),
    hide: (socket, { id }) => socket.streamDeleteByDomId("messages", id),
    anew: (socket) => socket.stream("messages", [message(9), message(8)], { reset: true }),
    move: (socket, { id }) =>
      socket
        .streamDelete("messages", message(id))
        .streamInsert("messages", message(id), { at: 0 })
        .streamInsert("seen", "ada"),
    toggle: (socket) => socket.update("shown", (shown) => !shown),
    count: (socket) => socket.update("count", (count) => count + 1),
    wrong: (socket) => socket.streamInsert("messages", message(1), { at: Number.NaN }),
  },
  render: ({ shown, count }, _, { streams }) =>
    html`<b>${count}</b>${
      shown &&
      html`<ul id="list" phx-update="stream">${each(
        streams.messages,
        ({ text }, id) => html`<li id="${id}">${text}</li>`,
      )}</ul>`
    }<p id="seen" phx-update="stream">${each(streams.seen, (name, id) => html`<i id="${id}">${name}</i>`)}</p>`,
})

const open = () => mount(Room, { scope: { name: "ada" } })
const rows = (markup: string) =>
  [...markup.matchAll(/<li id="([^"]*)">([^<]*)/g)].map(([, id, text]) => `${id}:${text}`).join(" ")

describe("a stream", () => {
  it("sends rows once, with instructions that the page follows, and keeps none of them", async () => {
    await using view = await open()
    expect(rows(view.html())).toBe("messages-1:m1 messages-2:m2")
    await view.push("add", { id: 3 })
    await view.push("first", { id: 4 })
    expect(rows(view.html())).toBe("messages-4:m4 messages-1:m1 messages-2:m2 messages-3:m3")
    await view.push("remove", { id: 1 })
    await view.push("hide", { id: "messages-3" })
    expect(rows(view.html())).toBe("messages-4:m4 messages-2:m2")
    expect(view.frames).toEqual([
      {
        1: {
          0: {
            k: { 0: { 0: ` id="messages-3"`, 1: "m3" }, kc: 1 },
            stream: ["0", [["messages-3", -1, null, null]], []],
          },
        },
      },
      {
        1: {
          0: {
            k: { 0: { 0: ` id="messages-4"`, 1: "m4" }, kc: 1 },
            stream: ["0", [["messages-4", 0, null, null]], []],
          },
        },
      },
      { 1: { 0: { k: { kc: 0 }, stream: ["0", [], ["messages-1"]] } } },
      { 1: { 0: { k: { kc: 0 }, stream: ["0", [], ["messages-3"]] } } },
    ])
  })

  it("updates rows where they are, limits how many stay, and starts anew", async () => {
    await using view = await open()
    await view.push("update", { id: 1 })
    await view.push("update", { id: 7 })
    expect(rows(view.html())).toBe("messages-1:new messages-2:m2")
    await view.push("keep", { id: 3 })
    expect(rows(view.html())).toBe("messages-2:m2 messages-3:m3")
    await view.push("anew")
    expect(rows(view.html())).toBe("messages-9:m9 messages-8:m8")
    await view.push("move", { id: 8 })
    expect(rows(view.html())).toBe("messages-8:m8 messages-9:m9")
    expect(view.html()).toContain(`<i id="who-ada">ada</i>`)
  })

  it("says nothing when something else changed", async () => {
    await using view = await open()
    await view.push("count")
    expect(view.frames).toEqual([{ 0: "1" }])
    expect(rows(view.html())).toBe("messages-1:m1 messages-2:m2")
  })

  it("is empty when it is shown again: its rows were in the page alone", async () => {
    await using view = await open()
    await view.push("toggle")
    await view.push("add", { id: 3 })
    await view.push("toggle")
    expect(rows(view.html())).toBe("")
    await view.push("add", { id: 4 })
    expect(rows(view.html())).toBe("messages-4:m4")
  })

  it("takes no places and limits that are none, and no names that were not declared", async () => {
    await using view = await open()
    await expect(view.push("wrong")).rejects.toMatchObject({ code: "ERR_LIVE_STREAM" })
    const streams = Streams.of(declaredStreams({ rows: { domId: String } }))
    expect(() => streams.insert("rows", [1], { limit: 0.5 })).toThrow("limit is 0.5")
    expect(() => streams.insert("row", [1], {})).toThrow(/no stream "row"/)
  })
})

describe("what happened to a stream between two frames", () => {
  const empty = Streams.of(declaredStreams({ rows: { domId: String } }))
  const told = (streams: Streams) => {
    const { inserts, deletes, reset } = streams.rows(true)["rows"] ?? { inserts: [], deletes: [] }
    return { inserts: inserts.map(({ id, row, at }) => [id, row, at]), deletes, reset }
  }

  it("names each row once, as it is now and where it went first", () => {
    const streams = empty.insert("rows", ["a", "b"], {}).insert("rows", ["a"], { at: 0 })
    expect(told(streams)).toEqual({
      inserts: [
        ["a", "a", -1],
        ["b", "b", -1],
      ],
      deletes: [],
      reset: false,
    })
  })

  it("leaves out what came and went", () => {
    const streams = empty.insert("rows", ["a", "b"], {}).delete("rows", "a")
    expect(told(streams)).toMatchObject({ inserts: [["b", "b", -1]], deletes: ["a"] })
  })

  it("moves what is deleted and inserted", () => {
    const streams = empty.delete("rows", "a").insert("rows", ["a"], { at: 0 })
    expect(told(streams)).toMatchObject({ inserts: [["a", "a", 0]], deletes: ["a"] })
  })

  it("begins with a reset, after which nothing is there to be updated or deleted", () => {
    const streams = empty
      .insert("rows", ["a"], {})
      .insert("rows", ["b"], { reset: true })
      .insert("rows", ["c"], { updateOnly: true })
      .delete("rows", "d")
    expect(told(streams)).toEqual({ inserts: [["b", "b", -1]], deletes: [], reset: true })
  })

  it("is forgotten once it was sent", () => {
    const sent = empty.insert("rows", ["a"], {}).sent()
    expect(told(sent)).toEqual({ inserts: [], deletes: [], reset: false })
    expect(sent.sent()).toBe(sent)
  })

  it("stands in its places in a page that is not told later what to do", () => {
    const streams = empty
      .insert("rows", ["a", "b"], { at: 0 })
      .insert("rows", ["c", "d"], { limit: -3 })
    expect(streams.rows(false)["rows"]?.inserts.map(({ id }) => id)).toEqual(["a", "c", "d"])
  })
})

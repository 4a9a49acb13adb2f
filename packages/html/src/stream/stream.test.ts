import { createRequire } from "node:module"
import { describe, expect, it, vi } from "vitest"
import { attrs, each, HoleError, html } from "../index.ts"
import { later, type StreamOptions, stream } from "./index.ts"

/** Chunks as they are read. */
async function* read(page: ReturnType<typeof html>, options?: StreamOptions) {
  const decoder = new TextDecoder()
  for await (const chunk of stream(page, { prefix: "later", ...options }))
    yield decoder.decode(chunk)
}
async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
async function all(page: ReturnType<typeof html>, options?: StreamOptions) {
  return (await listed(read(page, options))).join("")
}

// by require: the types of jsdom bring those of a browser along, for every file that is checked together with this one
const { JSDOM }: { readonly JSDOM: new (markup: string, options: object) => Shown } = createRequire(
  import.meta.url,
)("jsdom")
interface Shown {
  readonly window: { readonly document: { readonly body: { readonly innerHTML: string } } }
}

/** The page as a browser with scripts shows it in the end. */
const shown = (markup: string) =>
  new JSDOM(markup, { runScripts: "dangerously" }).window.document.body.innerHTML

describe("stream", () => {
  it("writes what printing writes", async () => {
    const page = html`<ul class="${"a&"}" ${attrs({ title: "b" })}>${each(
      [1, 2],
      (n) => n,
      (n) => html`<li>${n}${["<", html`<b></b>`]}</li>`,
    )}</ul>`
    expect(await all(page)).toBe(String(page))
    expect(await all(page, { chunkSize: 1 })).toBe(String(page))
  })

  it("sends what there is before it waits, in order", async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    const chunks = read(html`<p>a${later(promise)}b</p>`)
    expect((await chunks.next()).value).toBe("<p>a")
    const next = chunks.next()
    resolve("<")
    expect((await next).value).toBe("&lt;")
    expect((await chunks.next()).value).toBe("b</p>")
    expect((await chunks.next()).done).toBe(true)
  })

  it("prints each value of an async iterable as it comes", async () => {
    async function* rows() {
      yield html`<li>1</li>`
      yield "<"
    }
    const chunks = await listed(read(html`<ul>${later(rows())}</ul>`))
    expect(chunks).toEqual(["<ul>", "<li>1</li>", "&lt;", "</ul>"])
  })

  it("starts nothing before somebody reads", async () => {
    const start = vi.fn(async () => "a")
    const chunks = read(html`${later(start)}`)
    await Promise.resolve()
    expect(start).not.toHaveBeenCalled()
    expect((await chunks.next()).value).toBe("a")
  })

  it("waits in lists, in markup that comes later, and directly in a table", async () => {
    const page = html`<table>${later(
      Promise.resolve(html`<tr><td>${later(Promise.resolve("a"))}</td></tr>`),
    )}</table>${[later(Promise.resolve(1))]}`
    expect(await all(page)).toBe("<table><tr><td>a</td></tr></table>1")
  })

  it("is the only one who waits, and only in text", async () => {
    const wait = later(Promise.resolve("a"))
    expect(() => String(html`<p>${wait}</p>`)).toThrow(HoleError)
    await expect(all(html`<p title="${wait}"></p>`)).rejects.toThrow(HoleError)
    await expect(all(html`<title>${wait}</title>`)).rejects.toThrow(HoleError)
  })

  describe("out of order", () => {
    const page = (first: PromiseLike<string>, second: PromiseLike<string>) =>
      html`<!doctype html><html><body><p>${later(first, html`<i>wait</i>`)}</p><table><tr><td>x</td></tr>${later(
        (async () => html`<tr><td>${await second}</td></tr>`)(),
        null,
      )}</table></body></html>`

    it("shows placeholders, which the parts replace as they come, before the document ends", async () => {
      const first = Promise.withResolvers<string>()
      const second = Promise.withResolvers<string>()
      const chunks = read(page(first.promise, second.promise), { nonce: 'n"' })
      const start = (await chunks.next()).value ?? ""
      expect(start).toBe(
        '<!doctype html><html><body><p><template id="later-0"></template><i>wait</i><!--later-0--></p><table><tr><td>x</td></tr><template id="later-1"></template><!--later-1--></table>',
      )
      expect(shown(start)).toContain("<i>wait</i>")
      second.resolve("<2>")
      const two = (await chunks.next()).value ?? ""
      expect(two).toMatch(
        /^<template data-for="later-1"><tr><td>&lt;2&gt;<\/td><\/tr><\/template><script nonce="n&quot;">[^<]*<\/script>$/,
      )
      first.resolve("1")
      const one = (await chunks.next()).value ?? ""
      const end = (await chunks.next()).value ?? ""
      expect(end).toBe("</body></html>")
      expect(shown(start + two + one + end)).toBe(
        "<p>1</p><table><tbody><tr><td>x</td></tr><tr><td>&lt;2&gt;</td></tr></tbody></table>",
      )
    })

    it("comes in order, without scripts, where there is no nonce", async () => {
      const markup = await all(page(Promise.resolve("1"), Promise.resolve("2")))
      expect(markup).not.toContain("script")
      expect(markup).toContain("<p>1</p>")
    })

    it("lets a part within another come after it, even when it is there before", async () => {
      const outer = Promise.withResolvers<void>()
      const part = async () => {
        await outer.promise
        return html`<b>${later(Promise.resolve("inner"), "…")}</b>`
      }
      const chunks = read(html`<p>${later(part, "…")}</p>`, { nonce: "n" })
      const start = (await chunks.next()).value ?? ""
      outer.resolve()
      const rest = await listed(chunks)
      expect(rest).toHaveLength(2)
      expect(shown(start + rest.join(""))).toBe("<p><b>inner</b></p>")
    })

    it("waits in order for more parts than it may keep pending", async () => {
      const one = () => later(Promise.resolve("x"), "…")
      const markup = await all(html`<p>${one()}${one()}${one()}</p>`, { nonce: "n", maxPending: 2 })
      expect(markup.match(/<script/g)).toHaveLength(2)
      expect(shown(markup)).toBe("<p>xxx</p>")
      const many = html`<p>${Array.from({ length: 65 }, one)}</p>`
      expect((await all(many, { nonce: "n" })).match(/<script/g)).toHaveLength(64)
    })
  })

  describe("when a part fails", () => {
    const failing = () => Promise.reject(new Error("<no>"))
    const sorry = (error: unknown) => html`<b>${String(error)}</b>`

    it("fails with its error", async () => {
      await expect(all(html`a${later(failing())}`)).rejects.toThrow("<no>")
      await expect(all(html`a${later(failing(), "…")}`, { nonce: "n" })).rejects.toThrow("<no>")
    })

    it("shows what stands for it, in order or not", async () => {
      const page = () => html`a${later(failing(), "…")}b`
      const said = "a<b>Error: &lt;no&gt;</b>b"
      expect(await all(page(), { onError: sorry })).toBe(said)
      expect(shown(await all(page(), { onError: sorry, nonce: "n" }))).toBe(said)
    })

    it("keeps what an iterable gave before", async () => {
      async function* rows() {
        yield "1"
        throw new Error("no")
      }
      expect(await all(html`${later(rows())}.`, { onError: () => "!" })).toBe("1!.")
    })
  })

  describe("when nobody reads on", () => {
    it("stops what it waits for", async () => {
      let heard: AbortSignal | undefined
      const page = html`a${later((signal) => {
        heard = signal
        return new Promise<string>(() => {})
      })}`
      const reader = stream(page).getReader()
      await reader.read()
      const waiting = reader.read()
      await expect.poll(() => heard).not.toBeUndefined()
      await reader.cancel("gone")
      expect(heard?.aborted).toBe(true)
      expect(await waiting).toMatchObject({ done: true })
    })

    it("ends the iterables that it reads", async () => {
      const ended = vi.fn()
      const endless = {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise<IteratorResult<string>>(() => {}),
          return: ended,
        }),
      }
      const stop = new AbortController()
      const chunks = read(html`a${later(endless)}`, { signal: stop.signal })
      await chunks.next()
      const next = chunks.next()
      stop.abort(new Error("deadline"))
      await expect(next).rejects.toThrow("deadline")
      await expect.poll(() => ended.mock.calls.length).toBe(1)
    })

    it.each(["cancel", "abort"] as const)("ends them between two reads too: %s", async (how) => {
      const ended = vi.fn()
      async function* rows() {
        try {
          yield "1"
          yield "2"
        } finally {
          ended()
        }
      }
      const stop = new AbortController()
      const reader = stream(html`${later(rows())}`, { signal: stop.signal }).getReader()
      await reader.read()
      if (how === "cancel") await reader.cancel("gone")
      else stop.abort(new Error("deadline"))
      await expect.poll(() => ended.mock.calls.length).toBe(1)
      if (how === "abort") await expect(reader.read()).rejects.toThrow("deadline")
    })

    it("stops parts that come out of order", async () => {
      const stop = new AbortController()
      const page = html`a${later(new Promise<string>(() => {}), "…")}`
      const chunks = read(page, { signal: stop.signal, nonce: "n" })
      await chunks.next()
      const next = chunks.next()
      stop.abort(new Error("deadline"))
      await expect(next).rejects.toThrow("deadline")
    })
  })

  it("refuses limits that are none", () => {
    expect(() => stream(html``, { maxPending: Number.NaN })).toThrow(RangeError)
    expect(() => stream(html``, { chunkSize: 0 })).toThrow(RangeError)
  })
})

import { runInThisContext } from "node:vm"
import { describe, expect, it, vi } from "vitest"
import {
  AttributeNameError,
  attrs,
  classes,
  DuplicateKeyError,
  each,
  type FormOptions,
  form,
  HoleError,
  html,
  jsonScript,
  keyed,
  link,
  options,
  raw,
  rawSites,
  story,
} from "./index.ts"

describe("each", () => {
  const row = (n: number) => html`<li>${n}</li>`

  it("renders rows of any iterable, again each time it is printed", () => {
    const list = each(new Set([1, 2]), (n) => n, row)
    expect([String(list), String(list)]).toEqual(["<li>1</li><li>2</li>", "<li>1</li><li>2</li>"])
    const generated = each([3, 4].values(), (n) => n, row)
    expect([String(generated), String(generated)]).toEqual([
      "<li>3</li><li>4</li>",
      "<li>3</li><li>4</li>",
    ])
  })

  it("takes rows that bring their own keys", () => {
    const rows = {
      *[keyed]() {
        yield ["a-1", { name: "<" }] as const
      },
    }
    expect(String(each(rows, ({ name }, id) => html`<li id="${id}">${name}</li>`))).toBe(
      `<li id="a-1">&lt;</li>`,
    )
  })

  it("throws for equal keys", () => {
    const list = each([1, 2, 1], (n) => n, row)
    expect(() => String(list)).toThrow(DuplicateKeyError)
    expect(() => String(list)).toThrow("two rows have the key 1")
  })

  it.each<[keys: (string | number)[], twice: string | number | null]>([
    [[1, 2, 3, 3], 3],
    [[1, 2, 3, 1], 1],
    [[3, 2, 1, 2], 2],
    [["b", "a", "c", "d", "a"], "a"],
    [["a", "b", "c", "b"], "b"],
    [[1, "1", 2, "2"], null],
    [["10", "9", "8"], null],
    [[Number.NaN, 1, Number.NaN], Number.NaN],
    [[2, 1, 3, 4], null],
  ])("finds equal keys wherever they stand: %j", (keys, twice) => {
    const print = () =>
      String(
        each(
          keys,
          (key) => key,
          (key) => html`${key}`,
        ),
      )
    if (twice === null) expect(print()).toBe(keys.join(""))
    else expect(print).toThrow(`two rows have the key ${JSON.stringify(twice)}`)
  })

  it("takes any text for a key, those of Object.prototype included", () => {
    const keys = ["__proto__", "constructor", "toString", "hasOwnProperty"]
    expect(
      String(
        each(
          keys,
          (key) => key,
          (key) => html`${key},`,
        ),
      ),
    ).toBe(`${keys.join(",")},`)
  })
})

describe("attrs", () => {
  it.each(["", "a b", "a=b", "a>b", "a<b", "a/b", 'a"b', "a'b", "a\nb", "a\0b"])(
    "refuses %j as a name",
    (name) => {
      expect(() => attrs({ [name]: "x" })).toThrow(AttributeNameError)
    },
  )

  it.each(["onclick", "ONLOAD", "onfoo"])("refuses the event handler %s", (name) => {
    expect(() => attrs({ [name]: "x" })).toThrow(AttributeNameError)
  })

  it("writes what is its own, not what it inherits", () => {
    expect(String(html`<a ${attrs(Object.create({ title: "x" }))}></a>`)).toBe("<a></a>")
    expect(String(html`<a ${attrs(JSON.parse(`{"__proto__":"x"}`))}></a>`)).toBe(
      `<a __proto__="x"></a>`,
    )
  })

  it("takes srcdoc as markup only", () => {
    expect(String(html`<iframe srcdoc="${html`<p title="${'"'}"></p>`}"></iframe>`)).toBe(
      `<iframe srcdoc="&lt;p title=&quot;&amp;quot;&quot;&gt;&lt;/p&gt;"></iframe>`,
    )
    expect(() => String(html`<iframe srcdoc="${"<p>"}"></iframe>`)).toThrow(HoleError)
  })
})

describe("classes", () => {
  it("joins the names that apply", () => {
    expect(classes("a", false, "b", null, undefined, "", "c")).toBe("a b c")
    expect(classes()).toBe("")
  })

  it("takes lists, and names with conditions", () => {
    expect(classes("a", { b: true, c: 0, "d e": 1 }, ["f", [false, { g: "x" }]], {}, [])).toBe(
      "a b d e f g",
    )
  })
})

describe("raw", () => {
  it("writes what somebody vouched for as it is", () => {
    expect(String(html`<p>${raw("<b>&</b>")}</p>`)).toBe("<p><b>&</b></p>")
  })

  it("is listed with the places where it was called", () => {
    const call = () => raw("<b>")
    const before = rawSites()
    call()
    call()
    const [site, ...others] = rawSites().filter(
      ({ file, line }) => !before.some((known) => known.file === file && known.line === line),
    )
    expect(others).toEqual([])
    expect(site).toMatchObject({ file: expect.stringMatching(/helpers\.test\.ts$/), calls: 2 })
  })

  it("is listed for a thousand places, and no more: code can be made while a program runs", async () => {
    vi.resetModules()
    // a list of its own
    const fresh = await import("./index.ts")
    const code = `(raw) => {${"raw('x')\n".repeat(1_001)}}`
    runInThisContext(code, { filename: "/app/made.ts" })(fresh.raw)
    expect(fresh.rawSites()).toHaveLength(1_000)
  })

  it("takes text only", () => {
    expect(() => raw({ toString: () => "x" } as never)).toThrow("cannot stand in raw()")
  })
})

describe("options", () => {
  it("marks the selected one, whether a number or its digits", () => {
    expect(String(options(["a", ["<B>", 2], 3], "2"))).toBe(
      `<option value="a">a</option><option value="2" selected>&lt;B&gt;</option><option value="3">3</option>`,
    )
  })

  it("marks several, or none", () => {
    expect(String(options(["a", "b", "c"], ["a", "c"]))).toBe(
      `<option value="a" selected>a</option><option value="b">b</option><option value="c" selected>c</option>`,
    )
    expect(String(options(["a"], null))).toBe(`<option value="a">a</option>`)
  })
})

describe("options in groups", () => {
  it("stand under their headings, chosen or not to be chosen", () => {
    const all = [
      "a",
      { label: "<G>", options: [["B", 1], { label: "C", value: 2, disabled: true }] },
    ] as const
    expect(String(options(all, 1))).toBe(
      `<option value="a">a</option><optgroup label="&lt;G&gt;"><option value="1" selected>B</option><option value="2" disabled>C</option></optgroup>`,
    )
  })
})

describe("form", () => {
  const field = html`<input name="a">`

  it("sends what browsers cannot as a field, beside the token", () => {
    expect(
      String(form({ action: "/a", method: "delete", csrf: 'x"', attrs: { id: "f" } }, field)),
    ).toBe(
      `<form action="/a" method="post" id="f"><input type="hidden" name="_method" value="delete" hidden><input type="hidden" name="_csrf_token" value="x&quot;" hidden><input name="a"></form>`,
    )
  })

  it("sends to the page itself by POST, and files when asked to", () => {
    expect(String(form({ multipart: true }, field))).toBe(
      `<form method="post" enctype="multipart/form-data"><input name="a"></form>`,
    )
  })

  it.each<[string, FormOptions]>([
    ["with GET, where it would be in the address", { method: "get", action: "/a" }],
    ["to another site", { action: "https://other.test/a" }],
    ["to another site without a scheme", { action: "//other.test/a" }],
    ["to another site with backslashes", { action: "\\\\other.test/a" }],
    ["to another site behind white space", { action: "\n//other.test" }],
    ["to what is no address", { action: "https://" }],
  ])("keeps the token to itself %s", (_, given) => {
    expect(String(form({ ...given, csrf: "secret" }, field))).not.toContain("secret")
  })
})

describe("link", () => {
  it("leads somewhere", () => {
    expect(String(link({ href: "/a?b&c", attrs: { class: "d" } }, "<e>"))).toBe(
      `<a href="/a?b&amp;c" class="d">&lt;e&gt;</a>`,
    )
  })

  it("sends another method as the phoenix_html script reads it", () => {
    expect(String(link({ href: "/a", method: "delete", csrf: "t" }, html`<b></b>`))).toBe(
      `<a href="/a" data-method="delete" data-to="/a" data-csrf="t"><b></b></a>`,
    )
  })

  it("keeps the token to this site", () => {
    const page = link({ href: "https://a.test", method: "post", csrf: "secret" }, "a")
    expect(String(page)).not.toContain("secret")
    expect(String(link({ href: "/a", csrf: "secret" }, "a"))).not.toContain("secret")
  })
})

describe("jsonScript", () => {
  it("escapes what could end the script or its lines", () => {
    const script = String(jsonScript('a"b', { a: "</script><!--<script>&\u2028" }))
    expect(script).toBe(
      `<script type="application/json" id="a&quot;b">{"a":"\\u003c/script\\u003e\\u003c!--\\u003cscript\\u003e\\u0026\\u2028"}</script>`,
    )
  })

  it("reads back as what it was given", () => {
    const value = { a: ["<>&'\"\u2028\u2029"], b: null }
    const json = /<script[^>]*>(.*)<\/script>/s.exec(String(jsonScript("a", value)))?.[1] ?? ""
    expect(JSON.parse(json)).toEqual(value)
  })

  it("tells search engines in their own type, as safely", () => {
    const linked = { "@context": "https://schema.org", name: "</script><b>" }
    expect(String(jsonScript("about", linked, { type: "application/ld+json" }))).toBe(
      `<script type="application/ld+json" id="about">{"@context":"https://schema.org","name":"\\u003c/script\\u003e\\u003cb\\u003e"}</script>`,
    )
  })

  it("refuses what JSON cannot say", () => {
    expect(() => jsonScript("a", undefined)).toThrow("jsonScript()")
  })
})

describe("story", () => {
  const badge = ({ text }: { text: string }) => html`<b>${text}</b>`

  it("renders a component with its arguments, and is called like it", () => {
    const shown = story(badge, { args: { text: "<" } })
    expect([shown.name, String(shown.render())]).toEqual(["badge", "<b>&lt;</b>"])
    expect(story(badge, { args: { text: "" }, name: "empty" }).name).toBe("empty")
  })
})

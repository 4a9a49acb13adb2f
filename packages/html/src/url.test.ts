import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { attrs, html, raw } from "./index.ts"
import { REFUSED_URL, safeUrl } from "./url.ts"

const hostile = [
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  " javascript:alert(1)",
  "\u0000\u0001\u001fjavascript:alert(1)",
  "java\nscript:alert(1)",
  "java\tscr\ript:alert(1)",
  "\tjavascript\n:alert(1)",
  "vbscript:msgbox",
  "data:text/html,<script>alert(1)</script>",
  "DATA:text/html;base64,PHNjcmlwdD4=",
  "blob:https://a.b/c",
  "filesystem:https://a.b/c",
  "view-source:https://a.b",
  "file:///etc/passwd",
  "unknown:x",
]
const harmless = [
  "",
  "/",
  "/a:b",
  "a/b:c",
  "?javascript:1",
  "#javascript:1",
  "//a.b/c",
  "https://a.b/?c=javascript:d",
  "HTTPS://a.b",
  "mailto:a@b.c",
  "tel:+1",
  "1:2",
  "a b:c",
  "\u00e4:b",
]

/** The scheme that a browser would go to, from a page with an https address. */
const schemeByPlatform = (url: string): string =>
  URL.canParse(url, "https://page.test/") ? new URL(url, "https://page.test/").protocol : "https:"

describe("a URL in a hole", () => {
  it.each(hostile)("is replaced when it would run or show what it carries: %j", (url) => {
    expect(String(html`<a href="${url}">`)).toBe(`<a href="${REFUSED_URL}">`)
    expect(String(html`<a ${attrs({ HREF: url })}>`)).toBe(`<a HREF="${REFUSED_URL}">`)
    expect(String(html`<a href="${url}${"#x"}">`)).toContain(REFUSED_URL)
  })

  it.each(harmless)("is written as it is otherwise: %j", (url) => {
    expect(safeUrl(url)).toBe(url)
  })

  it("goes only to allowed schemes, as the platform's own parser reads it", () => {
    const allowed = new Set([
      "http:",
      "https:",
      "mailto:",
      "tel:",
      "sms:",
      "ftp:",
      "ws:",
      "wss:",
      "xmpp:",
    ])
    const piece = fc.oneof(
      fc.constantFrom(
        "javascript",
        "data",
        "vbscript",
        ":",
        "/",
        "\t",
        "\n",
        "\r",
        " ",
        "\u0000",
        "\u001f",
        "\\",
        "http",
        "//",
        "?",
        "#",
        "+",
        "-",
        ".",
        "1",
      ),
      fc.string({ maxLength: 3, unit: "binary" }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const url = pieces.join("")
        expect(allowed).toContain(schemeByPlatform(safeUrl(url)).replace("about:", "https:"))
        // nothing that the platform finds harmless is refused, unless it starts with a control that HTML replaces
        if (safeUrl(url) === REFUSED_URL)
          expect(allowed).not.toContain(new URL(url, "https://page.test/").protocol)
      }),
      { numRuns: 5000 },
    )
  })

  it("cannot be composed into a refused scheme by parts", () => {
    const allowed = new Set([
      "http:",
      "https:",
      "mailto:",
      "tel:",
      "sms:",
      "ftp:",
      "ws:",
      "wss:",
      "xmpp:",
      "about:",
    ])
    const part = fc.oneof(
      fc.constantFrom(
        "java",
        "script",
        "javascript",
        ":",
        "javascript:",
        "data",
        "d",
        "ata:",
        "\n",
        " ",
        "\t",
        "/",
        "x",
        "vb",
        "about",
        "http:",
      ),
      fc.string({ maxLength: 2 }),
    )
    fc.assert(
      fc.property(part, part, part, (a, b, c) => {
        for (const markup of [
          html`<a href="${a}${b}${c}">`,
          html`<a href="java${a}${b}">`,
          html`<a href=" ${a}${b}">`,
        ]) {
          const value = /href="([^"]*)"/.exec(String(markup))?.[1] ?? ""
          const text = value
            .replaceAll("&lt;", "<")
            .replaceAll("&gt;", ">")
            .replaceAll("&quot;", '"')
            .replaceAll("&#39;", "'")
            .replaceAll("&amp;", "&")
          // an unknown scheme can come out of halves; one that runs or shows what it carries cannot
          expect(["javascript:", "data:", "vbscript:", "blob:"]).not.toContain(
            schemeByPlatform(text),
          )
          if (markup === undefined) expect(allowed).toContain(schemeByPlatform(text))
        }
      }),
      { numRuns: 5000 },
    )
  })

  it("is judged in every attribute that holds one", () => {
    const url = "javascript:1"
    for (const [tag, name] of [
      ["img", "src"],
      ["form", "action"],
      ["button", "formaction"],
      ["video", "poster"],
      ["object", "data"],
      ["use", "xlink:href"],
      ["img", "srcset"],
      ["link", "imagesrcset"],
      ["a", "ping"],
      ["a", "data-to"],
      ["body", "background"],
      ["q", "cite"],
      ["set", "to"],
      ["animate", "values"],
    ] as const) {
      const spread = {
        animate: html`<animate ${attrs({ [name]: url })}>`,
        set: html`<set ${attrs({ [name]: url })}>`,
        object: html`<object ${attrs({ [name]: url })}>`,
      }
      const made =
        tag === "animate" || tag === "set" || tag === "object"
          ? spread[tag]
          : html`<i ${attrs({ [name]: url })}>`
      expect(String(made), name).toContain(`${name}="${REFUSED_URL}"`)
    }
    expect(String(html`<object data="${url}">`)).toContain(REFUSED_URL)
    expect(String(html`<p data="${url}">`)).toContain(url)
  })

  it("is refused with its list when one of a srcset is", () => {
    expect(String(html`<img srcset="${"/a 1x, javascript:b 2x"}">`)).toBe(
      `<img srcset="${REFUSED_URL}">`,
    )
    expect(String(html`<img srcset="${"/a 1x, https://b/c 2x"}">`)).toBe(
      `<img srcset="/a 1x, https://b/c 2x">`,
    )
  })

  it("may follow a scheme or path that the template writes", () => {
    expect(String(html`<a href="mailto:${"a:b"}">`)).toBe(`<a href="mailto:a:b">`)
    expect(String(html`<a href="/x/${"javascript:"}">`)).toBe(`<a href="/x/javascript:">`)
    expect(String(html`<a href="https://${"a"}:${80}/">`)).toBe(`<a href="https://a:80/">`)
    expect(String(html`<a href="?a=1&amp;b=${"javascript:"}">`)).toBe(
      `<a href="?a=1&amp;b=javascript:">`,
    )
  })

  it("is not judged when somebody vouched for it, but escaped", () => {
    expect(String(html`<img src="${raw(`data:image/png;base64,"`)}">`)).toBe(
      `<img src="data:image/png;base64,&quot;">`,
    )
  })
})

describe("a refresh", () => {
  it.each([
    "0;url=javascript:alert(1)",
    " 0.5 ,URL = 'data:text/html,x",
    "0;\tjava\nscript:alert(1)",
    "5 url=vbscript:x",
  ])("is replaced when it leads where no link may: %j", (content) => {
    expect(String(html`<meta http-equiv="refresh" content="${content}">`)).toBe(
      `<meta http-equiv="refresh" content="${REFUSED_URL}">`,
    )
    expect(String(html`<meta ${attrs({ "http-equiv": "refresh", content })}>`)).toContain(
      REFUSED_URL,
    )
  })

  it.each([
    "0;url=/next",
    "5; https://a.b/c",
    "30",
    "width=device-width",
    "javascript: a guide",
    "",
  ])("and any other content is written as it is: %j", (content) => {
    expect(String(html`<meta content="${content}">`)).toBe(`<meta content="${content}">`)
  })
})

describe("lists of addresses", () => {
  it("are replaced when an address is broken over lines, which an SVG animation joins", () => {
    const page = html`<svg><animate values="${"javascript\n:alert(1)"}"/></svg>`
    expect(String(page)).toContain(REFUSED_URL)
  })

  it("cannot be composed into a refused scheme", () => {
    const page = html`<svg><animate values="/a;${"java"}${"script:alert(1)"}"/></svg>`
    expect(String(page)).toBe(`<svg><animate values="/a;java"/></svg>`)
  })
})

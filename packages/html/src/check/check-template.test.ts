import { describe, expect, it } from "vitest"
import { checkTemplate } from "./index.ts"

/** What is wrong with markup in which `@` stands for holes. */
const wrong = (markup: string) => checkTemplate(markup.split("@"))
const rules = (markup: string) => wrong(markup).map(({ rule }) => rule)

describe("checkTemplate", () => {
  it.each([
    "<p>a</p>",
    "<ul><li>@</li><script></script><template></template></ul>",
    "<li>a part of a list that stands elsewhere</li>",
    "<td>@</td><td></td>",
    "<table><caption></caption><colgroup><col></colgroup><tr><td>a</td></tr></table>",
    "<table>\n  @\n  <tbody><tr><th></th></tr></tbody></table>",
    "<p><button><div></div></button></p>",
    "<p><svg><path d=''/><a></a></svg></p>",
    "<a href='/'><span>@</span><input type='hidden'></a>",
    "<select><optgroup><option></option></optgroup></select>",
    "<dl><div><dt></dt><dd><p></p></dd></div></dl>",
    "<!doctype html><html><head><title>a</title><link><noscript><style></style></noscript></head><body>@</body></html>",
    "<my-list><li></li></my-list>",
    "<p id='a'></p><p id='b'></p><p id='@'></p><p id='@'></p>",
    "<img alt=''><br/><input>",
    "<details><summary></summary></details><figure><figcaption></figcaption></figure>",
    "<label>a <input></label>",
    "<input name='a' @ @>",
  ])("finds nothing wrong with %s", (markup) => {
    expect(wrong(markup)).toEqual([])
  })

  it.each<[string, string, string]>([
    ["<div>", "unclosed", "<div> is not closed"],
    ["<ul><li>a</ul>", "unclosed", "<li> is not closed before </ul>"],
    ["</div>", "unmatched", "</div> has no start tag in this template"],
    ["<b><i></b></i>", "unclosed", "<i> is not closed before </b>"],
    ["<div/>", "unclosed", "<div/> opens an element: HTML closes it with </div> only"],
    ["<input></input>", "unmatched", "</input> ends nothing: <input> has no content"],
    ["<p><p></p></p>", "nesting", "<p> ends the <p> that it stands in"],
    ["<p><b><div></div></b></p>", "nesting", "<div> ends the <p> that it stands in"],
    ["<h1><h2></h2></h1>", "nesting", "<h2> ends the <h1> it stands in"],
    ["<a><b><a></a></b></a>", "nesting", "<a> stands in <a>: which of them is clicked?"],
    ["<a><button></button></a>", "nesting", "<button> stands in <a>: which of them is clicked?"],
    [
      "<button><input></button>",
      "nesting",
      "<input> stands in <button>: which of them is clicked?",
    ],
    ["<form><p><form></form></p></form>", "nesting", "<form> ends the <p> that it stands in"],
    ["<form><b><form></form></b></form>", "nesting", "<form> stands in another <form>"],
    ["<label><b><label></label></b></label>", "nesting", "<label> stands in another <label>"],
    [
      "<div><li></li></div>",
      "nesting",
      "<li> stands in <div>, but belongs directly in <ul>, <ol>, <menu>",
    ],
    ["<ul><p></p></ul>", "nesting", "<ul> takes <li> and not <p>"],
    ["<table><td></td></table>", "nesting", "<td> stands in <table>, but belongs directly in <tr>"],
    ["<tr><div></div></tr>", "nesting", "<tr> takes <td>, <th> and not <div>"],
    ["<table>a</table>", "nesting", "a browser moves text out of <table>"],
    [
      "<head><div></div></head>",
      "nesting",
      "<head> takes <base>, <link>, <meta>, <noscript>, <script>, <style>, <template>, <title> and not <div>",
    ],
    [
      "<div><option></option></div>".replaceAll("div", "p"),
      "nesting",
      "<option> stands in <p>, but belongs directly in <select>, <optgroup>, <datalist>, <div>",
    ],
    ["<b id='a'></b>@<b ID=a></b>", "duplicate-id", 'the id "a" is given twice'],
    [
      "<b class='a' title='@' CLASS='@'></b>",
      "duplicate-attribute",
      '<b> has "class" twice; the second is ignored',
    ],
    [
      "<b title=@></b>",
      "hole",
      'hole 1: it stands in the unquoted value of "title". Put quotes around the value: name="$' +
        '{value}".',
    ],
  ])("finds in %s", (markup, rule, message) => {
    expect(wrong(markup)[0]).toMatchObject({ rule, message })
  })

  it("tells each mistake once, and where", () => {
    expect(rules("<table>a b c</table>")).toEqual(["nesting"])
    expect(wrong("<ul>@\n <p></p></ul>")[0]?.at).toEqual({ part: 1, offset: 2 })
  })
})

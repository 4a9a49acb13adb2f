import type { Room } from "../room.ts"

/** A circle with the beginning of a name, in a colour of its own. */
export function faceOf(name: string): HTMLElement {
  const face = document.createElement("span")
  face.className = "face"
  face.ariaHidden = "true"
  face.textContent = [...name].slice(0, 2).join("").toUpperCase()
  const hue = [...name].reduce((sum, character) => sum * 31 + (character.codePointAt(0) ?? 0), 7)
  face.style.setProperty("--hue", String(hue % 360))
  return face
}

/** @param again Whether the message before it is of the same person. */
export function messageItem(
  { from, text, at }: Room["pushes"]["said"],
  again: boolean,
): HTMLElement {
  const item = document.createElement("li")
  item.dataset["from"] = from
  item.className = again ? "again" : ""
  const said = element("p", "said", text)
  const time = element("time", "", new Date(at).toLocaleTimeString([], { timeStyle: "short" }))
  time.setAttribute("datetime", new Date(at).toISOString())
  const who = element("p", "who", "")
  who.append(element("b", "", from), time)
  const body = element("div", "", "")
  body.append(who, said)
  item.append(faceOf(from), body)
  return item
}

/** What happened, as opposed to what was said. */
export function noteItem(text: string): HTMLElement {
  const item = element("li", "note", text)
  item.dataset["from"] = ""
  return item
}

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag)
  if (className !== "") made.className = className
  made.textContent = text
  return made
}

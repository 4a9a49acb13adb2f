import { Presence, Socket } from "phoenix"
import type { Room } from "../room.ts"
import { faceOf, messageItem } from "./view.ts"

const find = <E extends Element>(selector: string, kind: new () => E): E => {
  const found = document.querySelector(selector)
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`)
  return found
}

const door = find("#door", HTMLElement)
const chat = find("#chat", HTMLElement)
const enter = find("#enter", HTMLFormElement)
const nameField = find("#name", HTMLInputElement)
const roomField = find("#room", HTMLInputElement)
const topic = find("#topic", HTMLElement)
const state = find("#state", HTMLElement)
const count = find("#count", HTMLElement)
const present = find("#present", HTMLElement)
const messages = find("#messages", HTMLElement)
const typing = find("#typing", HTMLElement)
const say = find("#say", HTMLFormElement)
const text = find("#text", HTMLTextAreaElement)

nameField.value = sessionStorage.getItem("name") ?? ""
roomField.value = new URLSearchParams(location.search).get("room") ?? "lobby"

nameField.focus()

enter.addEventListener("submit", (event) => {
  event.preventDefault()
  sessionStorage.setItem("name", nameField.value)
  open(roomField.value, nameField.value.trim())
})

function open(name: string, me: string): void {
  door.hidden = true
  chat.hidden = false
  topic.textContent = name
  document.title = `#${name}`
  text.focus()

  // the client's own types leave out two of its fields
  const socket: Socket & { readonly transport?: unknown; longPollFallbackMs?: number } = new Socket(
    "/socket",
    {
      longPollFallbackMs: 3_000,
    },
  )
  // Once a WebSocket has worked, what fails is the server and not the network: then another way does not help
  socket.onOpen(() => {
    if (socket.transport === WebSocket) socket.longPollFallbackMs = 0
  })
  const room = socket.channel(`room:${name}`, { name: me } satisfies Room["params"])
  const people = new Presence(room)

  const tell = (words: string, away: boolean) => {
    state.textContent = words
    state.classList.toggle("away", away)
  }
  tell("connecting…", true)
  socket.onError(() => tell("connection lost, trying again…", true))
  room.onError(() => tell("connection lost, trying again…", true))
  room
    .join()
    .receive("ok", () => tell("connected", false))
    .receive("error", ({ reason }) => tell(String(reason), true))
  socket.connect()

  room.on("said", (said: Room["pushes"]["said"]) => {
    const isAtEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 80
    const last = messages.lastElementChild
    const again = last instanceof HTMLElement && last.dataset["from"] === said.from
    messages.append(messageItem(said, again))
    while (messages.childElementCount > 500) messages.firstElementChild?.remove()
    if (isAtEnd || said.from === me) messages.scrollTop = messages.scrollHeight
  })

  people.onSync(() => {
    const all = people.list(
      (key: string, { metas }: { readonly metas: readonly Room["meta"][] }) => ({
        name: key,
        types: metas.some((meta) => meta.typing),
      }),
    )
    count.textContent = String(all.length)
    present.replaceChildren(
      ...all.map(({ name }) => {
        const item = document.createElement("li")
        const label = document.createElement("span")
        label.textContent = name === me ? `${name} (you)` : name
        item.append(faceOf(name), label)
        return item
      }),
    )
    const typists = all.filter((it) => it.types && it.name !== me).map((it) => it.name)
    typing.textContent =
      typists.length === 0
        ? ""
        : `${typists.join(", ")} ${typists.length > 1 ? "are" : "is"} typing…`
  })

  let types = false
  let pause: ReturnType<typeof setTimeout> | undefined
  const setTyping = (now: boolean) => {
    clearTimeout(pause)
    if (now) pause = setTimeout(() => setTyping(false), 3_000)
    if (types !== now) room.push("typing", { typing: now } satisfies Room["events"]["typing"])
    types = now
  }
  text.addEventListener("input", () => setTyping(text.value !== ""))
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
    event.preventDefault()
    say.requestSubmit()
  })
  say.addEventListener("submit", (event) => {
    event.preventDefault()
    const words = text.value.trim()
    if (words === "") return
    // while there is no connection the client keeps it, and sends it after the next join
    room.push("say", { text: words } satisfies Room["events"]["say"])
    text.value = ""
    setTyping(false)
  })
}

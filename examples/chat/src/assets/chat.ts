import { channelOf } from "@bennu/channels/client"
import { type Channel, Presence, Socket } from "phoenix"
import type { Room } from "../room.ts"
import { faceOf, messageItem, noteItem } from "./view.ts"

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
  const room = channelOf<Room, Channel>(socket, `room:${name}`, { name: me })
  const people = new Presence(room.channel)

  const tell = (words: string, away: boolean) => {
    state.textContent = words
    state.classList.toggle("away", away)
  }
  tell("connecting…", true)
  socket.onError(() => tell("connection lost, trying again…", true))
  room.channel.onError(() => tell("connection lost, trying again…", true))
  room.onJoin(() => tell("connected", false))
  void room.join().then((joined) => {
    if (!joined.ok) tell(reasonOf(joined.error), true)
  })
  socket.connect()

  const show = (item: HTMLElement, follow = false) => {
    const isAtEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 80
    messages.append(item)
    while (messages.childElementCount > 500) messages.firstElementChild?.remove()
    if (isAtEnd || follow) messages.scrollTop = messages.scrollHeight
  }
  room.on("said", (said) => {
    const last = messages.lastElementChild
    const again = last instanceof HTMLElement && last.dataset["from"] === said.from
    show(messageItem(said, again), said.from === me)
  })
  // the room says again what was missed, as far as it has kept it
  room.onGap(() => show(noteItem("You were away: something may have been said meanwhile.")))
  // the first list is who was there before; after that, who comes and goes
  let known: ReadonlySet<string> | null = null

  people.onSync(() => {
    const all = people.list(
      (key: string, { metas }: { readonly metas: readonly Room["meta"][] }) => ({
        name: key,
        types: metas.some((meta) => meta.typing),
      }),
    )
    // who came first is not the same on every node
    all.sort((one, other) => one.name.localeCompare(other.name))
    const names = new Set(all.map(({ name }) => name))
    for (const each of names) if (known && !known.has(each)) show(noteItem(`${each} came in`))
    for (const each of known ?? []) if (!names.has(each)) show(noteItem(`${each} left`))
    known = names
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
    if (types !== now) void room.push("typing", { typing: now })
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
    void room.push("say", { text: words })
    text.value = ""
    setTyping(false)
  })
}

const reasonOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "reason" in error
    ? String(error.reason)
    : "refused"

import { classes, each, html } from "@bennu/html"
import { JS, link, liveViews, on, type Socket } from "@bennu/live"
import * as z from "zod"
import { path } from "./routes.ts"
import * as Todos from "./todos.ts"

const filters = [
  { name: "All", href: path.all(), shows: (_: Todos.Todo) => true },
  { name: "Active", href: path.active(), shows: ({ done }: Todos.Todo) => !done },
  { name: "Completed", href: path.completed(), shows: ({ done }: Todos.Todo) => done },
]

const ById = z.object({ id: z.uuid() })
const Title = z.string().max(1_000)

interface State {
  readonly todos: readonly Todos.Todo[]
  /** Which todo this window edits. */
  readonly editing: string | null
}
const reload = async <K extends Socket<State, Todos.Scope>>(socket: K) =>
  socket.assign({ todos: await Todos.list(socket.scope) })

/** TodoMVC, after its specification: github.com/tastejs/todomvc/blob/master/app-spec.md */
export const TodosLive = liveViews<Todos.Scope>()({
  public: true,
  events: {
    add: z.object({ title: Title }),
    toggle: z.object({ id: z.uuid(), value: z.string().optional() }),
    toggleAll: z.object({ value: z.string().optional() }),
    edit: ById,
    save: z.object({ id: z.uuid(), title: Title }),
    leave: z.object({ id: z.uuid(), value: Title }),
    cancel: {},
    remove: ById,
    clear: {},
  },
  async mount({ scope, listen }): Promise<State> {
    listen(Todos.changesOf(scope.listId))
    return { todos: await Todos.list(scope), editing: null }
  },
  // the list is loaded again by whoever hears that it changed: this window and all others
  handleEvent: {
    async add(socket, { title }) {
      await Todos.create(socket.scope, title)
      return socket.pushEvent("added", { title })
    },
    // a checkbox sends its value only when it is checked
    toggle: ({ scope }, { id, value }) => Todos.mark(scope, id, value !== undefined),
    toggleAll: ({ scope }, { value }) => Todos.markAll(scope, value !== undefined),
    edit: (socket, { id }) => socket.assign({ editing: id }),
    async save(socket, { id, title }) {
      await Todos.rename(socket.scope, id, title)
      return socket.assign({ editing: null })
    },
    async leave(socket, { id, value }) {
      // whoever pressed Enter or Escape has left already
      if (socket.assigns.editing !== id) return socket
      await Todos.rename(socket.scope, id, value)
      return socket.assign({ editing: null })
    },
    cancel: (socket) => socket.assign({ editing: null }),
    remove: ({ scope }, { id }) => Todos.remove(scope, id),
    clear: ({ scope }) => Todos.clearDone(scope),
  },
  subscribe: ({ scope }) => [on(Todos.changesOf(scope.listId), reload)],
  title: ({ todos }) => `${todos.filter(({ done }) => !done).length} left`,
  render({ todos, editing }, events, { url }) {
    const shows = filters.find(({ href }) => href === url.pathname)?.shows ?? (() => true)
    const left = todos.filter(({ done }) => !done).length
    return html`<main class="todoapp">
      <header class="header">
        <h1>todos</h1>
        <form phx-submit="${events.add}">
          <input class="new-todo" id="new-todo" name="title" placeholder="What needs to be done?" aria-label="What needs to be done?" autocomplete="off" autofocus phx-hook="NewTodo">
        </form>
      </header>
      ${
        todos.length > 0 &&
        html`<section class="main">
          <input class="toggle-all" id="toggle-all" type="checkbox" checked="${left === 0}" phx-click="${events.toggleAll}">
          <label for="toggle-all">Mark all as complete</label>
          <ul class="todo-list">${each(
            todos.filter(shows),
            ({ id }) => id,
            ({
              id,
              title,
              done,
            }) => html`<li id="todo-${id}" class="${classes({ completed: done, editing: id === editing })}" data-todo="${id}">
              <div class="view">
                <input class="toggle" id="done-${id}" type="checkbox" aria-label="${title}" checked="${done}" phx-click="${events.toggle}" phx-value-id="${id}">
                <label id="title-${id}" phx-hook="Edit" data-id="${id}">${title}</label>
                <button class="destroy" aria-label="Delete ${title}" phx-click="${events.remove}" phx-value-id="${id}"></button>
              </div>
              ${
                id === editing &&
                html`<form id="edit-${id}" phx-submit="${JS.push(events.save, { value: { id } })}">
                  <input class="edit" id="edit-title-${id}" name="title" value="${title}" aria-label="Title" autocomplete="off"
                    phx-mounted="${JS.focus()}" phx-blur="${events.leave}" phx-value-id="${id}" phx-keydown="${events.cancel}" phx-key="Escape">
                </form>`
              }
            </li>`,
          )}</ul>
        </section>
        <footer class="footer">
          <span class="todo-count"><strong>${left}</strong> ${left === 1 ? "item" : "items"} left</span>
          <ul class="filters">${each(
            filters,
            ({ name }) => name,
            ({ name, href }) =>
              html`<li><a class="${classes({ selected: href === url.pathname })}" ${link({ patch: href })}>${name}</a></li>`,
          )}</ul>
          ${left < todos.length && html`<button class="clear-completed" phx-click="${events.clear}">Clear completed</button>`}
        </footer>`
      }
    </main>
    <footer class="info">
      <p>Double-click to edit a todo</p>
      <p>Open it in two windows</p>
    </footer>`
  },
})

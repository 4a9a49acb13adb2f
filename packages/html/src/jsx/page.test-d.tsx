// A page in TSX, which TypeScript checks and which jsx.test.ts renders compiled and not compiled.
import { type Hole, type Html, html, type Renderable, raw, rendered } from "@bennu/html"

interface Todo {
  readonly id: number
  readonly title: string
  readonly done: boolean
}

const Card = ({
  title,
  big = false,
  children,
}: {
  readonly title: Hole
  readonly big?: boolean
  readonly children?: Hole
}): Html => (
  <section class={big ? "big" : null}>
    <h2>{title}</h2>
    {children}
  </section>
)
const List = <T,>({
  rows,
  children,
}: {
  readonly rows: readonly T[]
  readonly children: (row: T) => Html
}): Html => <ul>{rows.map(children)}</ul>
const Text = ({ children }: { readonly children: string }): Html => (
  <b title={children}>{children.length}</b>
)
const parts = { Text }
const event: Renderable = { [rendered]: () => "clicked <" }

export const page = (todos: readonly Todo[], more: Readonly<Record<string, string>>): Html => (
  <main id="a" class='b "c"' hidden lang={undefined}>
    {/* a note */}
    <Card title={<i>To &lt;do&gt; &amp; more</i>} big>
      text, {todos.length}
      on two lines `$` \ &copy=1 {"a" + "b"}
    </Card>
    <List rows={todos}>
      {({ id, title, done }) => (
        <li id={`todo-${id}`} aria-busy={done} data-title={title}>
          <input type="checkbox" checked={done} phx-click={event} />
          <a href={title} style={title}>
            {title}
          </a>
          {done ? <b>done</b> : null}
        </li>
      )}
    </List>
    <a {...more} href="/" title={more["title"]}>
      x<b>y</b>
    </a>
    <parts.Text>caf&#233; &amp; bar</parts.Text>
    {html`<p>${"<tagged>"}</p>`}
    {raw("<hr>")}
    <textarea name="t">{"\n<text>"}</textarea>
    <svg viewBox="0 0 1 1">
      <title>a &lt;</title>
      <use xlink:href={more["title"]} />
    </svg>
    <iframe title="in" srcdoc={<p>in</p>}></iframe>
    <Card title={<>none {1}</>} />
    <my-element some={1}>own</my-element>
    <br />
  </main>
)

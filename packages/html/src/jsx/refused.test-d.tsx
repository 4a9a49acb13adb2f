// biome-ignore-all lint/correctness/noVoidElementsWithChildren: it is what TypeScript has to refuse
// biome-ignore-all lint/correctness/useJsxKeyInIterable: these are no rows
import type { Html } from "@bennu/html"

declare const Card: (props: { readonly title: string; readonly big?: boolean }) => Html
declare const List: <T>(props: {
  readonly rows: readonly T[]
  readonly children: (row: T) => Html
}) => Html

// None of these may compile.
export const refused = (): readonly unknown[] => [
  // @ts-expect-error no such element
  <blinking>a</blinking>,
  // @ts-expect-error no such attribute: class, as in HTML
  <p className="a"></p>,
  // @ts-expect-error a script in an attribute
  <p onclick="go()"></p>,
  // @ts-expect-error an attribute of another element
  <p href="/"></p>,
  // @ts-expect-error an object is no text
  <p>{{ a: 1 }}</p>,
  // @ts-expect-error a promise has to be awaited
  <p>{Promise.resolve("a")}</p>,
  // @ts-expect-error not one of its words
  <input type="texts" />,
  // @ts-expect-error it has no content
  <input>a</input>,
  // @ts-expect-error a document is markup, not text
  <iframe title="a" srcdoc="<p>"></iframe>,
  // @ts-expect-error a property is missing
  <Card />,
  // @ts-expect-error a property of the wrong type
  <Card title="a" big="yes" />,
  // @ts-expect-error a row of another type
  <List rows={[1]}>{(row: string) => <li>{row}</li>}</List>,
  // @ts-expect-error rows are told apart by each(), not by this
  <p key="a"></p>,
]

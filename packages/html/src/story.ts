import type { Html } from "./markup.ts"

/** A component with the arguments that show one of its faces. */
export interface Story {
  readonly name: string
  render(): Html
}

/** Shows a component in one of its states; tests render stories too. */
export function story<P>(
  component: (props: P) => Html,
  { args, name = component.name }: { readonly args: P; readonly name?: string | undefined },
): Story {
  return { name, render: () => component(args) }
}

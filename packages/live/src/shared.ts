import { type Html, type Renderable, rendered } from "@bennu/html"

/** Markup that the viewers of a view have in common. */
export class SharedSection implements Renderable {
  readonly key: string | number
  readonly render: () => Html

  constructor(key: string | number, render: () => Html) {
    this.key = key
    this.render = render
  }

  /** Where nothing keeps it. */
  [rendered](): Html {
    return this.render()
  }
}

/**
 * A part of a view that is the same for all who look at it: `${shared(`board ${board.version}`, () => draw(board))}`. It is rendered,
 * compared and encoded once in a process, however many pages get it; a broadcast to ten thousand of them costs little more than sending.
 * @param key Says what is shown and in which version; whoever has the same key in the same view is shown the same. In development it is
 *   an error when that is not so.
 * @param render Draws it, without live components, streams and nested views: those belong to one page.
 */
export const shared = (key: string | number, render: () => Html): Renderable =>
  new SharedSection(key, render)

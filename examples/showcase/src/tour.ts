import { live } from "@bennu/live"
import { AsyncLive } from "./pages/async.ts"
import { ChatLive } from "./pages/chat.ts"
import { ComponentsLive } from "./pages/components.ts"
import { CrashLive } from "./pages/crash.ts"
import { FlashLive } from "./pages/flash.ts"
import { FormsLive } from "./pages/forms.ts"
import { HooksLive } from "./pages/hooks.ts"
import { CommandsLive } from "./pages/js-commands.ts"
import { NavigationLive } from "./pages/navigation.ts"
import { NestedFormsLive } from "./pages/nested-forms.ts"
import { PlayerLive } from "./pages/player.ts"
import { PortalLive } from "./pages/portal.ts"
import { PresenceLive } from "./pages/presence.ts"
import { SortingLive } from "./pages/sorting.ts"
import { StreamsLive } from "./pages/streams.ts"
import { SurvivalLive } from "./pages/survival.ts"
import { TitleLive } from "./pages/title.ts"
import { TsxLive } from "./pages/tsx.tsx"
import { UploadsLive } from "./pages/uploads.ts"
import { WebComponentsLive } from "./pages/web-components.ts"
import { path } from "./routes.ts"
import { type Source, sourceOf } from "./source.ts"

/** One page of the tour. */
export interface Lesson {
  readonly group: string
  readonly name: string
  /** What it shows, in a sentence or two. */
  readonly summary: string
  readonly href: string
  readonly route: ReturnType<typeof live<import("./vocabulary.ts").Scope, never>>
  /** What stands beside the page. */
  readonly sources: readonly Source[]
}

const lesson = (
  group: string,
  name: string,
  summary: string,
  route: Lesson["route"],
  ...more: readonly string[]
): Lesson => ({
  ...{ group, name, summary, route, href: route.pattern },
  sources: [fileOf(route), ...more].map(sourceOf),
})
const fileOf = ({ pattern }: Lesson["route"]) =>
  pattern === path.tsx.pattern ? "pages/tsx.tsx" : `pages${pattern}.ts`

/** The pages in the order in which they are best read. */
export const lessons: readonly Lesson[] = [
  lesson(
    "State",
    "Live components",
    "Parts of a page with a state and events of their own. Their props come down, their messages go up, and only what changed in one of them is sent.",
    live(path.components, ComponentsLive),
  ),
  lesson(
    "State",
    "Flash messages",
    "A word to the reader that survives one change of page, live or not.",
    live(path.flash, FlashLive),
  ),
  lesson(
    "State",
    "Page title",
    "The title in the browser's tab is computed from the assigns, and sent when it differs.",
    live(path.title, TitleLive),
  ),
  lesson(
    "Forms",
    "Validation",
    "A changeset says what is wrong while you type, and only about fields that you have used.",
    live(path.forms, FormsLive),
  ),
  lesson(
    "Forms",
    "Nested rows",
    "Rows in a form that are added, sorted and dropped by its inputs alone. What you typed stays where it was.",
    live(path.nestedForms, NestedFormsLive),
  ),
  lesson(
    "Forms",
    "Uploads",
    "Files come in chunks over the same socket, with previews, progress, and limits that are checked on both sides.",
    live(path.uploads, UploadsLive),
  ),
  lesson(
    "Lists",
    "Streams",
    "Ten thousand rows of which the server keeps none. Scroll: what leaves the window is let go, what comes is fetched.",
    live(path.streams, StreamsLive),
  ),
  lesson(
    "Lists",
    "Sorting and filtering",
    "A stream that is shown by keys: only rows that are new to the page or move in it are looked up and sent.",
    live(path.sorting, SortingLive),
  ),
  lesson(
    "Pages",
    "Navigation",
    "Patch the view you are on, go to another one, or leave for an ordinary page. Back and forward find the place you scrolled to.",
    live(path.navigation, NavigationLive),
  ),
  lesson(
    "Pages",
    "Sticky player",
    "A view in the layout that lives on while the pages around it change. Start the tune and go on reading.",
    live(path.player, PlayerLive),
    "assets/player.ts",
  ),
  lesson(
    "Pages",
    "Portal",
    "Markup that stands elsewhere in the document and is still a part of its view: a dialog, for one.",
    live(path.portal, PortalLive),
  ),
  lesson(
    "Pages",
    "TSX",
    "The same templates in TSX, if you like that better: elements and attributes that TypeScript checks, and only what changed is sent.",
    live(path.tsx, TsxLive),
  ),
  lesson(
    "Together",
    "Chat",
    "A topic that many windows hear. Open this page twice.",
    live(path.chat, ChatLive),
  ),
  lesson(
    "Together",
    "Presence",
    "Who is on this page now, on whichever node, and nobody left over when one dies.",
    live(path.presence, PresenceLive),
  ),
  lesson(
    "Time",
    "Async work",
    "What takes long does not hold up the page. It can be waited for, cancelled, and it may fail.",
    live(path.async, AsyncLive),
  ),
  lesson(
    "Time",
    "A crash",
    "An exception ends the view that threw it and no other. Its page mounts it afresh.",
    live(path.crash, CrashLive),
  ),
  lesson(
    "Time",
    "What survives",
    "A lost connection, a restart of the server: the view waits for its page, and what it declared comes back.",
    live(path.survival, SurvivalLive),
  ),
  lesson(
    "Browser",
    "JS commands",
    "What needs no server is said in the template, and done in the browser at once.",
    live(path.commands, CommandsLive),
  ),
  lesson(
    "Browser",
    "Hooks",
    "A chart and an editor from npm, fed by a view, under a Content-Security-Policy that lets nothing else run.",
    live(path.hooks, HooksLive),
    "assets/hooks.ts",
    "assets/chart.ts",
    "assets/editor.ts",
  ),
  lesson(
    "Browser",
    "Web components",
    "Custom elements keep what they did to themselves while the view changes everything around them.",
    live(path.webComponents, WebComponentsLive),
    "assets/star-rating.ts",
  ),
]

/** The page of the tour that an address belongs to. */
export const lessonAt = ({ pathname }: URL): Lesson | undefined =>
  lessons.find(({ href }) => pathname === href || pathname.startsWith(`${href}/`))

/** The pages by what they are about. */
export const groups = [...new Set(lessons.map(({ group }) => group))].map((name) => ({
  name,
  lessons: lessons.filter(({ group }) => group === name),
}))

import type { MountedComponent } from "../component/mounted-component.ts"
import type { ViewProcessOptions } from "../view/page.ts"
import type { SocketState } from "../view/socket-state.ts"
import type { Uploads } from "./uploads.ts"
import { ViewUploads } from "./view-uploads.ts"

/** The view's state with other uploads: its own, or with a component those of that one. */
export function changeUploads(
  state: SocketState,
  component: MountedComponent | null,
  change: (uploads: Uploads) => Uploads,
): SocketState {
  const before = (component ?? state).uploads
  const uploads = change(before)
  if (uploads === before) return state
  if (component === null) return { ...state, uploads }
  const { assigns, streams, hooks } = component
  component.adopt({ assigns, streams, hooks, uploads })
  return state
}

/** A running view, as its uploads need it. */
export interface UploadsHome {
  state(): SocketState | null
  /** The component in it that has the upload of this ref. */
  componentWith(ref: string): MountedComponent | undefined
  /** Changes the state in line with its other messages, and tells the page. */
  post(change: (state: SocketState) => SocketState): void
}

/** The files of a view: what its state, and its components', say of them. */
export function uploadsIn(
  { name, running, uploads: { folder } }: ViewProcessOptions,
  home: UploadsHome,
): ViewUploads {
  return new ViewUploads({
    ...{ name, scope: running.scope, folder },
    find: (ref) => (home.componentWith(ref) ?? home.state())?.uploads.byRef(ref),
    change: (ref, change) =>
      home.post((state) =>
        changeUploads(state, home.componentWith(ref) ?? null, (all) => all.change(ref, change)),
      ),
  })
}

export {
  type AsyncOptions,
  type AsyncResult,
  assignAsync,
  assignAsyncKeys,
  asyncOk,
  asyncResult,
} from "./async.ts"
export {
  type ClientHook,
  clientHook,
  type HookCallbacks,
  type HookContext,
  type PageElement,
} from "./client-hook.ts"
export { type ClientStyle, clientStyle, inlineStyles, styleSheet } from "./client-style.ts"
export { component } from "./component/component-hole.ts"
export {
  type ComponentMount,
  type ComponentRendering,
  type ComponentSocket,
  type ComponentTarget,
  type LiveComponent,
  type LiveComponentDefinition,
  type Props,
  props,
} from "./component/live-component.ts"
export { type DefineLiveComponent, liveComponents } from "./component/live-components.ts"
export { errorOverlay } from "./dev/error-overlay.ts"
export { freshImports } from "./dev/fresh-imports.ts"
export { hotReload } from "./dev/hot-reload.ts"
export {
  AsyncCancelledError,
  AsyncTimeoutError,
  ComponentRootError,
  DefinitionError,
  DuplicateComponentError,
  HandlerTimeoutError,
  MailboxFullError,
  NavigationError,
  PageStatusError,
  ParamsError,
  SessionError,
  SocketDroppedError,
  SocketOverError,
  StashFailedError,
  StashSupersededError,
  StreamError,
  TooManyComponentsError,
  TooManyTasksError,
  UploadTimeoutError,
  UploadUsageError,
  ViewForbiddenError,
} from "./errors.ts"
export { type EventRef, eventNamed } from "./event-ref.ts"
export { freshForm } from "./fresh-form.ts"
export type { Hook, Next, OnMount, Stages } from "./hook.ts"
export {
  type GivenProps,
  type HookContract,
  type HookOf,
  hookContract,
  type PropsOf,
  type TypedHookContext,
  type WithProps,
} from "./hook-contract.ts"
export { clientHooks, clientStyles, hooksModule, runtimeHooks } from "./hooks-module.ts"
export {
  JS,
  type JSCommand,
  type JSPush,
  type JSReplace,
  type JSTarget,
  type JSTimed,
  type JSTransition,
  type To,
} from "./js.ts"
export { type LinkTo, link } from "./link.ts"
export { liveHead } from "./live-head.ts"
export { type LiveSocketOptions, liveSocket } from "./live-socket.ts"
export type {
  Container,
  ContainerAttrs,
  EndReason,
  EventHandlers,
  EventOf,
  EventRefs,
  EventsOf,
  Forgettable,
  Guard,
  LiveLayout,
  LivePage,
  LiveView,
  LiveViewDefinition,
  Needed,
  ProgressHandlers,
  Rendering,
} from "./live-view.ts"
export { type DefineLiveView, liveViews } from "./live-views.ts"
export {
  type ControllerSecret,
  type GivenSession,
  liveRender,
  type NestedOptions,
} from "./nested/live-render.ts"
export type { LiveLimits } from "./options.ts"
export type { ParkOptions } from "./park/park-options.ts"
export { focusWrap, portal } from "./portal.ts"
export { pushNavigate, type Redirect, redirect } from "./redirect.ts"
export { type LiveOptions, live } from "./route/live.ts"
export { liveFlash } from "./route/live-flash.ts"

export { type LiveSession, liveSession } from "./route/live-session.ts"
export { shared } from "./shared.ts"
export type {
  LiveSocket,
  Mount,
  Mounting,
  NavigateOptions,
  PushEventOptions,
  Socket,
} from "./socket.ts"
export type { ComponentStash, Stash } from "./stash/stash.ts"
export type { StashKeeping, StashOptions } from "./stash/stash-options.ts"
export type { StashRefusal } from "./stash/stash-seal.ts"
export type {
  StreamInsertOptions,
  StreamOf,
  StreamOptions,
  StreamRowsOf,
  StreamsOf,
} from "./stream/stream-options.ts"
export { after, every, type Handled, on, onPresence, type Subscription } from "./subscription.ts"
export {
  asyncFailed,
  eventRefused,
  type FrameDrawn,
  frameDrawn,
  frameSent,
  handlerSlow,
  joinRefused,
  type RefusedReason,
  renderSlow,
  stashFailed,
  stashKept,
  stashRefused,
  stashRestored,
  type UnparkReason,
  uploadEnded,
  uploadFailed,
  uploadRefused,
  viewAdopted,
  viewCrashed,
  viewParked,
  viewUnparked,
} from "./telemetry.ts"
export { liveFileInput, liveImgPreview } from "./upload/live-file-input.ts"
export type { Upload, UploadEntry, UploadError } from "./upload/upload.ts"
export type {
  AllowedUpload,
  UploadMeta,
  UploadOptions,
  UploadsOf,
  UploadWriter,
} from "./upload/upload-options.ts"
export type { ShownUploads, UploadSocket } from "./upload/upload-socket.ts"
export {
  type ByChannel,
  byChannel,
  type ExternalRefused,
  type ExternalUpload,
  type UploadWay,
} from "./upload/upload-way.ts"

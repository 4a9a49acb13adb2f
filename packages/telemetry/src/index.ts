export { type Event, event, type ListenerFailed, listenerFailed } from "./event.ts"
export {
  type Attributes,
  type Finished,
  finished,
  type Span,
  type SpanOptions,
  span,
} from "./span.ts"

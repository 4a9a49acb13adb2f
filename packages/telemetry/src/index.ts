export { type Event, event, type ListenerFailed, listenerFailed } from "./event.ts"
export {
  type CounterOptions,
  counter,
  type DistributionOptions,
  distribution,
  lastValue,
  type Measurement,
  type MeasureOptions,
  type Metric,
  type MetricKind,
  sum,
  summary,
  type Tags,
} from "./metric.ts"
export {
  type Attributes,
  type Finished,
  finished,
  isHeard,
  type Span,
  type SpanOptions,
  span,
  unheard,
} from "./span.ts"
export { traceparent } from "./traceparent.ts"

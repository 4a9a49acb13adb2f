export {
  type Answered,
  type Fetching,
  type Sending,
  type Visitor,
  type VisitorOptions,
  visitor,
} from "./testing/visitor.ts"

export { FILTERED, loggable } from "./log/filter.ts"
export { jsonLines, type LineOptions, type Logger, plainLines } from "./log/logger.ts"
export { type LogEntry, type LogOptions, logRequests } from "./log/plug.ts"

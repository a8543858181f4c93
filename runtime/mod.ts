/**
 * The runtime's front door: actors, supervision, clocks, schedulers and the log.
 *
 * @module
 */
export * from "./actor.ts";
export type {
  Administered,
  Administration,
  ChildCounts,
  ChildEntry,
  RestartAnswer,
  StartAnswer,
} from "./administration.ts";
export type { LifeState } from "./branch.ts";
export * from "./clock.ts";
export * from "./clocks.ts";
export type { DeadLetter, DeadLetterCounts, DeadLetterReason } from "./dead_letters.ts";
export type { DynamicHandle } from "./dynamic_handle.ts";
export { GaveUpError, StartError } from "./keeping.ts";
export type { SystemOptions } from "./house.ts";
export * from "./log.ts";
export * from "./log_sink.ts";
export * from "./random.ts";
export { type CrashReport, describeExit, type ReportContext } from "./report.ts";
export type { Refusal } from "./requests.ts";
export * from "./scheduler.ts";
export * from "./simulated_scheduler.ts";
export * from "./supervisor.ts";
export * from "./system.ts";
export type { TreeNode } from "./tree.ts";
export * from "./virtual_clock.ts";

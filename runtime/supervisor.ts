/**
 * Supervision as data: children, strategies and limits.
 *
 * @module
 */
import type { AnyActor, Ref } from "./actor.ts";

/** Which siblings a crash takes along. */
export type Strategy = "one_for_one" | "one_for_all" | "rest_for_one";
/** permanent: always restarted; transient: after an abnormal end; temporary: never. */
export type RestartType = "permanent" | "transient" | "temporary";
/** At most `restarts` within `withinMs`; one more and the supervisor gives up. */
export interface Intensity {
  readonly restarts: number;
  readonly withinMs: number;
}
/** Waits between restarts, doubling from `minMs` to `maxMs`. */
export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
}

/** How a child lives and ends. */
export interface ChildOptions {
  /** Default `permanent`. */
  readonly restart?: RestartType;
  /** Time to stop, runtime ms; default 5,000 for workers, infinity for supervisors. */
  readonly shutdown?: number | "brutal" | "infinity";
  /** Its end may end its supervisor (see `autoShutdown`); not for permanent children. */
  readonly significant?: boolean;
  /** `maxMs` times the intensity's `restarts` stays below its `withinMs`, or the limit could never be passed. */
  readonly backoff?: Backoff;
  /** Time for an `init`, runtime ms, after which the start has failed; unlimited when absent. */
  readonly initMs?: number;
}

/** A worker: one actor. */
export interface WorkerSpec extends ChildOptions {
  readonly type: "worker";
  readonly id: string;
  readonly start: () => AnyActor<never>;
}

/** A supervisor with children known beforehand, started in this order and stopped in reverse. */
export interface SupervisorSpec extends ChildOptions {
  readonly type: "supervisor";
  readonly id: string;
  /** Default `one_for_one`. */
  readonly strategy?: Strategy;
  /** Default 3 within 5,000 ms. */
  readonly intensity?: Intensity;
  /** Default `never`. */
  readonly autoShutdown?: "never" | "any_significant" | "all_significant";
  readonly children: readonly ChildSpec[];
}

/** A supervisor whose children come and go by key at run time. */
export interface DynamicSpec extends ChildOptions {
  readonly type: "dynamic";
  readonly id: string;
  readonly child: (key: string, argument: never) => AnyActor<never>;
  readonly childOptions?: ChildOptions;
  readonly intensity?: Intensity;
  /** `perChild` (default): a child past its own window stops alone and `onGiveUp` is told; `shared`: as OTP. */
  readonly window?: "perChild" | "shared";
  readonly onGiveUp?: (key: string, error: unknown) => void;
  /** Most children at once; unlimited when absent. */
  readonly max?: number;
}

/** Any child of a supervisor. */
export type ChildSpec = WorkerSpec | SupervisorSpec | DynamicSpec;

/** The running side of a dynamic supervisor. */
export interface Dynamic<A, M> {
  readonly path: string;
  /** The child's address; starts it when it is not there. Messages told meanwhile wait for its `init`. */
  ensure(key: string, argument: A): Ref<M>;
  /** The child's address when it is there. */
  get(key: string): Ref<M> | undefined;
  /** Resolves when the child is gone. */
  stop(key: string): Promise<void>;
  keys(): readonly string[];
}

/** Describes a worker. */
export function worker<M>(id: string, start: () => AnyActor<M>, options: ChildOptions = {}): WorkerSpec {
  return { type: "worker", id, start: start as () => AnyActor<never>, ...options };
}

/** Describes a supervisor. */
export function supervisor(id: string, spec: Omit<SupervisorSpec, "type" | "id">): SupervisorSpec {
  return { type: "supervisor", id, ...spec };
}

/** Describes a dynamic supervisor. */
export function dynamic<A, M>(
  id: string,
  spec: Omit<DynamicSpec, "type" | "id" | "child"> & {
    readonly child: (key: string, argument: A) => AnyActor<M>;
  },
): DynamicSpec {
  return { type: "dynamic", id, ...spec, child: spec.child as unknown as DynamicSpec["child"] };
}

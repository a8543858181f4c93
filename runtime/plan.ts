/**
 * Plans: child specifications with every default filled in, checked before anything starts.
 *
 * @module
 */
import type { AnyActor } from "./actor.ts";
import type { Backoff, ChildOptions, ChildSpec, DynamicSpec, Intensity, RestartType } from "./supervisor.ts";
import { DEFAULT_INTENSITY } from "./window.ts";

/** Default time a worker has to stop, ms. */
export const SHUTDOWN_MS = 5_000;

/** How one child is kept. */
export interface Plan {
  readonly spec: ChildSpec;
  readonly restart: RestartType;
  /** Time to stop, ms; Infinity: as long as it takes. */
  readonly limitMs: number;
  /** Cut off at once instead of told to stop. */
  readonly brutal: boolean;
  readonly significant: boolean;
  readonly backoff: Backoff | null;
  /** Time for `init`, ms. */
  readonly initMs: number;
  /** Makes a worker's definition, anew for each incarnation. */
  readonly make: (key: string, argument: unknown) => AnyActor<unknown>;
}

/** Fills in a child's defaults. */
export function planOf(spec: ChildSpec): Plan {
  const make = spec.type === "worker" ? () => spec.start() as unknown as AnyActor<unknown> : noActor;
  return planFrom(spec, spec, spec.type === "worker" ? SHUTDOWN_MS : "infinity", make);
}

/** Fills in the defaults of a dynamic supervisor's children. */
export function planOfChildren(spec: DynamicSpec): Plan {
  return planFrom(spec, spec.childOptions ?? {}, SHUTDOWN_MS, spec.child as unknown as Plan["make"]);
}

function planFrom(
  spec: ChildSpec,
  options: ChildOptions,
  shutdown: NonNullable<ChildOptions["shutdown"]>,
  make: Plan["make"],
): Plan {
  const stop = options.shutdown ?? shutdown;
  return {
    spec,
    restart: options.restart ?? "permanent",
    limitMs: stop === "infinity" ? Infinity : stop === "brutal" ? SHUTDOWN_MS : stop,
    brutal: stop === "brutal",
    significant: options.significant ?? false,
    backoff: options.backoff ?? null,
    initMs: options.initMs ?? Infinity,
    make,
  };
}

function noActor(): never {
  throw new TypeError("Cannot make an actor of a supervisor");
}

function refuse(path: string, what: string, value: unknown): never {
  throw new RangeError(`Cannot start ${path} as ${what}: current value is ${String(value)}`);
}

/**
 * Checks a specification and everything below it.
 *
 * @param parent path of the supervisor it is for; empty for a root
 * @throws {RangeError} naming the first field that is outside of what is allowed
 */
export function checkSpec(spec: ChildSpec, parent = "", autoShutdown = "never"): void {
  const path = parent === "" ? String(spec?.id) : `${parent}/${String(spec?.id)}`;
  if (typeof spec?.id !== "string" || spec.id === "") refuse(path, "id must be a text of its own", spec?.id);
  if (spec.id.includes("/")) refuse(path, "id must not contain /", spec.id);
  if (!["worker", "supervisor", "dynamic"].includes(spec.type)) {
    refuse(path, "type must be worker, supervisor or dynamic", (spec as { type: unknown }).type);
  }
  const intensity = spec.type === "worker" ? undefined : spec.intensity;
  checkOptions(path, spec, autoShutdown);
  checkIntensity(path, intensity ?? DEFAULT_INTENSITY);
  if (spec.type === "worker") checkFunction(path, "start", spec.start);
  if (spec.type === "dynamic") checkDynamic(path, spec);
  if (spec.type === "supervisor") {
    checkWord(path, "strategy", spec.strategy, ["one_for_one", "one_for_all", "rest_for_one"]);
    checkWord(path, "autoShutdown", spec.autoShutdown, ["never", "any_significant", "all_significant"]);
    if (!Array.isArray(spec.children)) refuse(path, "children must be a list", spec.children);
    checkChildren(path, spec.children, spec.autoShutdown ?? "never", intensity ?? DEFAULT_INTENSITY);
  }
}

function checkChildren(
  path: string,
  children: readonly ChildSpec[],
  autoShutdown: string,
  intensity: Intensity,
): void {
  const ids = new Set<string>();
  for (const child of children) {
    checkChild(path, child, autoShutdown, intensity);
    if (ids.has(child.id)) refuse(path, "ids of its children must be different", child.id);
    ids.add(child.id);
  }
}

/**
 * Checks one child of a supervisor, and everything below it.
 *
 * @throws {RangeError} naming the first field that is outside of what is allowed
 */
export function checkChild(path: string, child: ChildSpec, autoShutdown: string, intensity: Intensity): void {
  checkSpec(child, path, autoShutdown);
  checkBackoff(`${path}/${child.id}`, child.backoff, intensity);
}

function checkDynamic(path: string, spec: DynamicSpec): void {
  checkFunction(path, "child", spec.child);
  checkWord(path, "window", spec.window, ["perChild", "shared"]);
  checkOptions(`${path}/*`, spec.childOptions ?? {}, "never");
  checkBackoff(`${path}/*`, spec.childOptions?.backoff, spec.intensity ?? DEFAULT_INTENSITY);
  const max = spec.max ?? Infinity;
  if (max !== Infinity && !(Number.isInteger(max) && max >= 1)) {
    refuse(path, "max must be a whole number >= 1", max);
  }
}

function checkOptions(path: string, options: ChildOptions, autoShutdown: string): void {
  checkWord(path, "restart", options.restart, ["permanent", "transient", "temporary"]);
  const { shutdown, initMs } = options;
  if (typeof shutdown === "number" ? !(shutdown >= 0 && shutdown < Infinity) : false) {
    refuse(path, "shutdown must be a finite number of ms >= 0, brutal or infinity", shutdown);
  }
  if (typeof shutdown === "string") checkWord(path, "shutdown", shutdown, ["brutal", "infinity"]);
  if (initMs !== undefined && !(initMs > 0)) refuse(path, "initMs must be > 0", initMs);
  if (options.significant !== true) return;
  if ((options.restart ?? "permanent") === "permanent") {
    refuse(path, "significant must be false for a permanent child", true);
  }
  if (autoShutdown === "never") refuse(path, "significant must be false where autoShutdown is never", true);
}

function checkIntensity(path: string, intensity: Intensity): void {
  const { restarts, withinMs } = intensity;
  if (!(Number.isInteger(restarts) && restarts >= 0)) {
    refuse(path, "intensity.restarts must be a whole number >= 0", restarts);
  }
  if (!(withinMs > 0 && withinMs < Infinity)) {
    refuse(path, "intensity.withinMs must be a finite number > 0", withinMs);
  }
}

/** With longer waits the limit could never be passed: restarts would always be too far apart to count. */
function checkBackoff(path: string, backoff: Backoff | undefined, intensity: Intensity): void {
  if (backoff === undefined) return;
  const { minMs, maxMs } = backoff;
  if (!(minMs > 0)) refuse(path, "backoff.minMs must be > 0", minMs);
  if (!(maxMs >= minMs)) refuse(path, `backoff.maxMs must be >= minMs ${minMs}`, maxMs);
  if (maxMs * intensity.restarts >= intensity.withinMs) {
    refuse(
      path,
      `backoff.maxMs × restarts must be < withinMs (${intensity.restarts} within ${intensity.withinMs} ms)`,
      maxMs,
    );
  }
}

function checkWord(path: string, field: string, value: unknown, words: readonly string[]): void {
  if (value !== undefined && !words.includes(value as string)) {
    refuse(path, `${field} must be ${words.join(", ")}`, value);
  }
}

function checkFunction(path: string, field: string, value: unknown): void {
  if (typeof value !== "function") refuse(path, `${field} must be a function`, value);
}

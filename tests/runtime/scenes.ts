/**
 * Scenes the tests of the runtime share: who stands on the stage when a story begins.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type AskError,
  type ChildOptions,
  dynamic,
  type DynamicHandle,
  type DynamicSpec,
  type Exit,
  type Intensity,
  type Reply,
  type Strategy,
  supervisor,
} from "../../runtime/mod.ts";
import { act, exitText, probe, type ProbeMessage, type ProbeOptions, type Stage, stage } from "./probe.ts";

/** A limit that is not reached. */
export const plenty: Intensity = { restarts: 1_000, withinMs: 5_000 };
/** A limit that the second crash passes. */
export const once: Intensity = { restarts: 1, withinMs: 5_000 };

export const normal: Exit = { kind: "normal" };
export const shutdown: Exit = { kind: "shutdown" };
export const shutdownWhy: Exit = { kind: "shutdown", why: "x" };
export const failed: Exit = { kind: "error", error: "x" };

/** Never ends. */
export const hanging = (): Promise<void> => new Promise<void>(() => {});

/** Starts `ids` as permanent children of `root`. */
export async function startGroup(
  s: Stage,
  strategy: Strategy,
  ids: readonly string[],
  options: Record<string, ChildOptions & ProbeOptions> = {},
  intensity: Intensity = plenty,
): Promise<void> {
  const children = ids.map((id) => s.child(id, options[id] ?? {}));
  await s.system.start(supervisor("root", { strategy, intensity, children }));
  s.seen();
}

/** The children that are listed, with their states. */
export async function listed(s: Stage, path = "root"): Promise<string[]> {
  const children = await s.system.supervisor(path).children();
  assert.ok(Array.isArray(children));
  return children.map(({ id, state }) => `${id} ${state}`);
}

/** What the roots do. */
export function states(s: Stage): string[] {
  return s.system.tree().map((node) => node.state);
}

/** A stage with `root/a`, and `root/w`, which watches it and writes down how it ended. */
export async function watched(
  options: ChildOptions & ProbeOptions = {},
): Promise<Stage & { readonly ends: Exit[] }> {
  const s = stage();
  const ends: Exit[] = [];
  await s.system.start(supervisor("root", { children: [s.child("w"), s.child("a", options)] }));
  await s.tell(
    "root/w",
    act((context) => context.monitor(s.ref("root/a") as never, (end) => act(() => void ends.push(end)))),
  );
  s.seen();
  return { ...s, ends };
}

/** Asks a probe how many messages it has handled in this life. */
export const countOf = (reply: Reply<number>): ProbeMessage => ({ kind: "count", reply });

/** What became of an ask: its answer, or its fault and the target's exit. */
export function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: AskError) =>
    error.exit ? `${error.code} ${exitText(error.exit)}` : error.code
  );
}

/** Children by key; their argument is their name in the trace. */
export type Kids = DynamicHandle<string, ProbeMessage>;

/** How `root/kids` may differ. */
export type KidsOptions = Partial<Pick<DynamicSpec, "intensity" | "window" | "onGiveUp" | "max">> & {
  readonly childOptions?: ChildOptions;
  readonly probe?: ProbeOptions;
};

/** Starts `root/kids`. */
export async function startKids(
  s: Stage,
  { probe: options = {}, ...extra }: KidsOptions = {},
): Promise<Kids> {
  const starts = new Map<string, ReturnType<typeof probe>>();
  const spec = dynamic<string, ProbeMessage>("kids", {
    child: (key, name) => {
      const start = starts.get(key) ?? probe(s.trace, name, options);
      starts.set(key, start);
      return start();
    },
    ...extra,
  });
  await s.system.start(supervisor("root", { children: [spec] }));
  return s.system.dynamic<string, ProbeMessage>("root/kids");
}

/** A message that does something with the reply it carries. */
export function withReply(
  run: (reply: Reply<string>) => unknown,
): (reply: Reply<string>) => ProbeMessage {
  return (reply) => act(() => run(reply));
}

/**
 * What a start refuses before anybody is started.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ChildSpec, dynamic, supervisor, type SupervisorSpec } from "../../runtime/mod.ts";
import { stage } from "./probe.ts";
import { seeded } from "./seeds.ts";

/** The start is refused in these words, and starts nobody. */
async function refused(words: RegExp, spec: (child: ChildSpec) => ChildSpec): Promise<void> {
  const s = stage();

  await assert.rejects(
    s.system.start(spec(s.child("a"))),
    (error) => error instanceof RangeError && words.test(error.message),
  );

  assert.deepEqual(s.seen(), []);
  assert.deepEqual(s.system.tree(), []);
  await s.close();
}

const over = (child: ChildSpec, rest: Partial<SupervisorSpec> = {}): ChildSpec =>
  supervisor("r", { children: [child], ...rest });

const limits: readonly (readonly [RegExp, Partial<SupervisorSpec>])[] = [
  [/^Cannot start r as strategy must be one_for_one.*: current value is one$/, { strategy: "one" as never }],
  [/intensity.restarts .*: current value is -1$/, { intensity: { restarts: -1, withinMs: 1 } }],
  [/intensity.restarts .*: current value is 1.5$/, { intensity: { restarts: 1.5, withinMs: 1 } }],
  [/intensity.restarts .*: current value is Infinity$/, { intensity: { restarts: Infinity, withinMs: 1 } }],
  [/intensity.withinMs .*: current value is 0$/, { intensity: { restarts: 1, withinMs: 0 } }],
  [/intensity.withinMs .*: current value is -5$/, { intensity: { restarts: 1, withinMs: -5 } }],
  [/intensity.withinMs .*: current value is Infinity$/, { intensity: { restarts: 1, withinMs: Infinity } }],
  [/autoShutdown must be never.*: current value is yes$/, { autoShutdown: "yes" as never }],
];

for (const [words, rest] of limits) {
  seeded(
    `otp 8: start is refused, and starts nobody, with ${words.source}`,
    () => refused(words, (child) => over(child, rest)),
  );
}

const faults: readonly (readonly [RegExp, object])[] = [
  [/id must be a text.*: current value is undefined$/, { id: undefined }],
  [/id must be a text.*: current value is $/, { id: "" }],
  [/id must not contain \/: current value is x\/y$/, { id: "x/y" }],
  [/start must be a function: current value is undefined$/, { start: undefined }],
  [/restart must be permanent.*: current value is never$/, { restart: "never" }],
  [/shutdown must be a finite .*: current value is -1$/, { shutdown: -1 }],
  [/shutdown must be a finite .*: current value is Infinity$/, { shutdown: Infinity }],
  [/shutdown must be brutal, infinity: current value is soon$/, { shutdown: "soon" }],
  [/initMs must be > 0: current value is 0$/, { initMs: 0 }],
  [/type must be worker.*: current value is port$/, { type: "port" }],
];

for (const [words, fault] of faults) {
  seeded(
    `otp 9: start is refused, and starts nobody, with ${words.source}`,
    () =>
      refused(
        words,
        (child) => supervisor("r", { children: [child, { ...child, id: "b", ...fault } as ChildSpec] }),
      ),
  );
}

seeded("otp 9: what is wrong deep below refuses the whole tree", async () => {
  const s = stage();
  const deep = supervisor("inner", { children: [s.child("b", { shutdown: -1 })] });

  await assert.rejects(
    s.system.start(supervisor("root", { children: [s.child("a"), deep] })),
    /root\/inner\/b/,
  );

  assert.deepEqual(s.seen(), []);
  await s.close();
});

seeded(
  "otp 10: start is refused, and starts nobody, when two children have one id",
  () =>
    refused(
      /ids of its children must be different: current value is a$/,
      (child) => supervisor("r", { children: [child, child] }),
    ),
);

seeded(
  "otp 81: start is refused when a child is significant where autoShutdown is never",
  () =>
    refused(
      /r\/a as significant must be false where autoShutdown is never/,
      (child) => over({ ...child, restart: "transient", significant: true }),
    ),
);

seeded(
  "otp 82: start is refused when a permanent child is significant",
  () =>
    refused(
      /r\/a as significant must be false for a permanent child/,
      (child) => over({ ...child, significant: true }, { autoShutdown: "any_significant" }),
    ),
);

seeded(
  "otp 92: a dynamic supervisor has no autoShutdown, and refuses significant children",
  () =>
    refused(/r\/\* as significant must be false where autoShutdown is never/, () => {
      const childOptions = { restart: "transient", significant: true } as const;
      const spec = dynamic("r", { child: () => ({ init: () => 0, handle: () => 0 }), childOptions });
      return { ...spec, autoShutdown: "any_significant" } as ChildSpec;
    }),
);

const actor = () => ({ init: () => 0, handle: () => 0 });

for (const [many, child] of [["none", undefined], ["two", [actor, actor]]] as const) {
  seeded(
    `otp 110: a dynamic supervisor is refused with ${many} in place of one way to make a child`,
    () => refused(/child must be a function/, () => dynamic("r", { child: child as never })),
  );
}

for (
  const [words, rest] of [
    [/max must be a whole number >= 1: current value is 0$/, { max: 0 }],
    [/window must be perChild, shared: current value is own$/, { window: "own" as never }],
    [/intensity.restarts .*: current value is -1$/, { intensity: { restarts: -1, withinMs: 1 } }],
  ] as const
) {
  seeded(
    `a dynamic supervisor is refused with ${words.source}`,
    () => refused(words, () => dynamic("r", { child: actor, ...rest })),
  );
}

for (
  const [words, backoff] of [
    [/backoff.maxMs × restarts must be < withinMs.*: current value is 2000$/, { minMs: 1, maxMs: 2_000 }],
    [/backoff.minMs must be > 0: current value is 0$/, { minMs: 0, maxMs: 1 }],
    [/backoff.maxMs must be >= minMs 2: current value is 1$/, { minMs: 2, maxMs: 1 }],
  ] as const
) {
  seeded(
    `otp 186: start is refused, and starts nobody, with ${words.source}`,
    () =>
      refused(words, (child) => over({ ...child, backoff }, { intensity: { restarts: 3, withinMs: 5_000 } })),
  );
}

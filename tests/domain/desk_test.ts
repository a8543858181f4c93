/**
 * Changes of users, and which events raise or end a standing trouble.
 *
 * @module
 */
import assert from "node:assert/strict";
import { applyUserChange, troublesOf } from "../../domain/desk.ts";
import { newUser } from "../../domain/tier.ts";
import type { UserChange } from "../../protocols/desk.ts";
import type { BittenEvent } from "../../protocols/events.ts";
import { eaId, userId } from "../../protocols/units.ts";
import { makeFire } from "../kit/records.ts";

const U17 = userId("u17");
const commander = newUser(U17, "COMMANDER", 5);
const change = (known: typeof commander | null, rest: Omit<UserChange, "id">) => {
  const verdict = applyUserChange(known, { id: U17, ...rest }, 9);
  return verdict.ok ? verdict.user : verdict.error;
};

Deno.test("applyUserChange() makes a user with his tier's defaults, PRESS_PASS when none is named", () => {
  assert.deepEqual(change(null, { tier: "COMMANDER" }), newUser(U17, "COMMANDER", 9));
  assert.deepEqual(change(null, {}), newUser(U17, "PRESS_PASS", 9));
});

Deno.test("applyUserChange() keeps what it is not told, and its first day", () => {
  assert.deepEqual(change(commander, { mode: "SELECT", halted: true }), {
    ...commander,
    mode: "SELECT",
    halted: true,
    createdAtMs: 5,
    updatedAtMs: 9,
  });
});

Deno.test("applyUserChange() to a lower tier takes its limits, and refuses what was asked beyond them", () => {
  assert.deepEqual(change(commander, { tier: "FANG" }), {
    ...commander,
    tier: "FANG",
    mode: "SELECT",
    maxAutoSlots: 0,
    riskPercent: 2,
    updatedAtMs: 9,
  });
  assert.equal(
    change(commander, { tier: "FANG", mode: "AUTO", riskPercent: 3 }),
    "mode must be SELECT for FANG: current value is AUTO; " +
      "riskPercent must be above 0 and at most 2 for FANG: current value is 3",
  );
});

Deno.test("applyUserChange() to a higher tier takes its slots", () => {
  const fang = newUser(U17, "FANG", 5);

  assert.deepEqual(change(fang, { tier: "COMMANDER", mode: "AUTO" }), {
    ...fang,
    tier: "COMMANDER",
    mode: "AUTO",
    maxAutoSlots: 10,
    riskPercent: 2,
    updatedAtMs: 9,
  });
});

Deno.test("applyUserChange() refuses every value outside its range, with the value", () => {
  const errors = [
    change(commander, { confidenceMin: -1 }),
    change(commander, { confidenceMin: NaN }),
    change(commander, { confidenceMin: 90, confidenceMax: 85 }),
    change(commander, { confidenceMax: 101 }),
    change(commander, { maxAutoSlots: 11 }),
    change(commander, { maxAutoSlots: 2.5 }),
    change(commander, { riskPercent: 0 }),
    change(commander, { riskPercent: 5.1 }),
    change(commander, { riskPercent: NaN }),
    change(commander, { openRiskPercentMax: 0 }),
    change(commander, { openRiskPercentMax: 101 }),
    change(commander, { halted: "yes" as never }),
    change(commander, { mode: "SEMI" as never }),
    change(commander, { tier: "APEX" as never }),
  ];

  assert.deepEqual(errors.map((error) => String(error).split(" must ")[0]), [
    "confidenceMin",
    "confidenceMin",
    "confidenceMax",
    "confidenceMax",
    "maxAutoSlots",
    "maxAutoSlots",
    "riskPercent",
    "riskPercent",
    "riskPercent",
    "openRiskPercentMax",
    "openRiskPercentMax",
    "halted",
    "mode",
    "tier",
  ]);
  const named = applyUserChange(null, { id: userId("../etc") }, 0);
  assert.match(named.ok ? "" : named.error, /^id must be 1 to 64 letters/);
});

Deno.test("troublesOf() raises a silent EA, one that is nobody's, and a fire nobody knows of, and ends them", () => {
  const ea = eaId("e1");
  const said = (event: BittenEvent) =>
    troublesOf({ seq: 1, atMs: 0, source: "test", event }).map((order) =>
      `${order.kind} ${order.code} ${order.subject}`
    );
  const fire = makeFire({ note: "no answer" });

  assert.deepEqual([
    said({ kind: "eaLost", eaId: ea, silentMs: 75_001 }),
    said({ kind: "eaConnected", eaId: ea, userId: null, nodeId: null }),
    said({ kind: "eaConnected", eaId: ea, userId: U17, nodeId: null }),
    said({ kind: "fireAmbiguous", fire }),
    ...(["fireFilled", "fireRejected", "fireRefused", "fireExpired", "fireClosed"] as const).map((kind) =>
      said({ kind, fire })
    ),
    said({ kind: "fireSent", fire }),
  ], [
    ["raise EA_LOST e1"],
    ["clear EA_LOST e1", "raise EA_UNASSIGNED e1"],
    ["clear EA_LOST e1", "clear EA_UNASSIGNED e1"],
    [`raise FIRE_AMBIGUOUS ${fire.id}`],
    ...[1, 2, 3, 4, 5].map(() => [`clear FIRE_AMBIGUOUS ${fire.id}`]),
    [],
  ]);
});

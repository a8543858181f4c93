/**
 * The table of tiers, and what a new user starts with.
 *
 * @module
 */
import assert from "node:assert/strict";
import { newUser, TIERS } from "../../domain/tier.ts";
import { userId } from "../../protocols/units.ts";
import type { Tier } from "../../protocols/user.ts";

Deno.test("newUser() gives a COMMANDER a band of 80 to 89, ten slots, 5 % risk and 50 % open risk", () => {
  assert.deepEqual(newUser(userId("u1"), "COMMANDER", 5), {
    id: "u1",
    tier: "COMMANDER",
    mode: "SELECT",
    confidenceMin: 80,
    confidenceMax: 89,
    maxAutoSlots: 10,
    riskPercent: 5,
    openRiskPercentMax: 50,
    halted: false,
    createdAtMs: 5,
    updatedAtMs: 5,
  });
});

Deno.test("newUser() gives every other tier no automatic slot, and nobody auto-fire", () => {
  const others: readonly Tier[] = ["PRESS_PASS", "NIBBLER", "FANG"];

  assert.deepEqual(
    others.map((tier) => newUser(userId("u1"), tier, 0)).map((user) => [user.mode, user.maxAutoSlots]),
    [["SELECT", 0], ["SELECT", 0], ["SELECT", 0]],
  );
});

Deno.test("each tier has the rights of the older table, COMMANDER those of the user's configuration", () => {
  const rows = Object.entries(TIERS).map(([tier, rights]) => [
    tier,
    rights.views.join("+"),
    rights.executes.join("+"),
    rights.modes.join("+"),
    rights.openMax,
    rights.shotsPerDay,
    rights.riskPercentMax,
  ]);

  assert.deepEqual(rows, [
    ["PRESS_PASS", "RAPID", "RAPID", "SELECT", 1, 6, 2],
    ["NIBBLER", "RAPID+SNIPER", "RAPID", "SELECT", 1, 6, 2],
    ["FANG", "RAPID+SNIPER", "RAPID+SNIPER", "SELECT", 2, 10, 2],
    ["COMMANDER", "RAPID+SNIPER", "RAPID+SNIPER", "SELECT+AUTO", 10, null, 5],
  ]);
});

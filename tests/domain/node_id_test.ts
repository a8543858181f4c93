/**
 * Node ids: which account a start of an EA was on.
 *
 * @module
 */
import assert from "node:assert/strict";
import { differInAccount, loginOf } from "../../domain/node_id.ts";

Deno.test("loginOf() reads the login of a node id, and nothing of anything else", () => {
  const read = ["NODE_1000001_5512345", "NODE__5", "NODE_12x_5", "xNODE_1_2", "", null].map(loginOf);

  assert.deepEqual(read, ["1000001", null, null, null, null, null]);
});

Deno.test("differInAccount() is true for two logins alone: a restart and an unknown start may be the same account", () => {
  assert.equal(differInAccount("NODE_1_5", "NODE_2_5"), true);
  assert.equal(differInAccount("NODE_1_5", "NODE_1_6"), false);
  assert.equal(differInAccount("NODE_1_5", null), false);
  assert.equal(differInAccount("node-1", "NODE_2_5"), false);
});

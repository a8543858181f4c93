/**
 * How old an incarnation is, on the machine's clock: that clock is read once for all starts of a host's turn.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hostTurn } from "../../runtime/host.ts";
import { type Actor, dynamic, supervisor, System } from "../../runtime/mod.ts";

const idle: Actor<null, never> = { init: () => null, handle: () => null };

Deno.test("children started in one turn of the host, and in later turns, are as old as they are, to a ms", async () => {
  const system = new System({ onReport: () => {} });
  await system.start(supervisor("root", { children: [dynamic("kids", { child: () => idle })] }));
  const kids = system.dynamic<null, never>("root/kids");

  for (const key of ["a", "b", "c"]) {
    const beforeMs = system.clock.nowMs();
    while (system.clock.nowMs() < beforeMs + 5) await hostTurn();
    const earliestMs = system.clock.nowMs();
    await kids.start(`${key}1`, null);
    await kids.start(`${key}2`, null);

    const ages = system.tree()[0]?.children[0]?.children.slice(-2).map(({ uptimeMs }) => uptimeMs) ?? [];
    const oldest = system.clock.nowMs() - earliestMs + 1;
    assert.deepEqual(
      ages.map((age) => age >= 0 && age <= oldest),
      [true, true],
      `${ages}: 0 to ${oldest} ms`,
    );
  }

  await system.stop();
});

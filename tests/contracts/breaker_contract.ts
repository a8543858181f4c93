/**
 * The contract of circuit breakers: the edge and its fake twin pass it alike.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { BreakerOptions } from "../../edges/breaker.ts";
import type { CircuitBreaker } from "../../protocols/ports.ts";

const fail = () => Promise.reject(new Error("down"));

/** Registers the contract's tests for one kind of breaker. */
export function breakerContract(kind: string, make: (options: BreakerOptions) => CircuitBreaker): void {
  Deno.test(`${kind} lets work through and hands on its result and its error`, async () => {
    const breaker = make({ failures: 3, halfOpenAfterMs: 3_600_000 });

    assert.equal(await breaker.run(() => Promise.resolve(7)), 7);
    await assert.rejects(breaker.run(fail), /^Error: down$/);
    assert.equal(breaker.state, "closed");
  });

  Deno.test(`${kind} opens after so many failures in a row and then refuses without running the work`, async () => {
    const breaker = make({ failures: 3, halfOpenAfterMs: 3_600_000 });
    let ran = 0;
    const work = () => {
      ran++;
      return fail();
    };

    await assert.rejects(breaker.run(work), /down/);
    await assert.rejects(breaker.run(work), /down/);
    await breaker.run(() => Promise.resolve());
    for (let failed = 0; failed < 3; failed++) await assert.rejects(breaker.run(work), /down/);

    assert.deepEqual([ran, breaker.state], [5, "open"]);
    await assert.rejects(breaker.run(work), (error: Error) => error.message !== "down");
    assert.equal(ran, 5);
  });

  Deno.test(`${kind} tries once after the pause: a failure opens it again, a success closes it`, async () => {
    const breaker = make({ failures: 1, halfOpenAfterMs: 0 });

    await assert.rejects(breaker.run(fail), /down/);
    assert.equal(breaker.state, "open");
    await assert.rejects(breaker.run(fail), /down/);
    assert.equal(breaker.state, "open");
    assert.equal(await breaker.run(() => Promise.resolve("up")), "up");

    assert.equal(breaker.state, "closed");
  });

  Deno.test(`${kind} starts the work of calls in the order of the calls`, async () => {
    const breaker = make({});
    const started: number[] = [];

    await Promise.all([1, 2, 3].map((n) => breaker.run(async () => void started.push(n))));

    assert.deepEqual(started, [1, 2, 3]);
  });
}

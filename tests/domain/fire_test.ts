/**
 * The life of a fire: legal steps, illegal ones, and the same end whatever the order of the proofs.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  announceReserved,
  type CloseProof,
  type FireStep,
  holdsSlot,
  makeFireId,
  markAmbiguous,
  markClosed,
  markExpired,
  markFilled,
  markRefused,
  markRejected,
  markSent,
  mayBecome,
  reopen,
} from "../../domain/fire.ts";
import type { CloseReason, Fire, FireStatus } from "../../protocols/fire.ts";
import { lots, money, price, userId } from "../../protocols/units.ts";
import { makeFire } from "../kit/records.ts";
import { makeSignal } from "../kit/signals.ts";

const SENT = { atMs: 100, nodeId: "N1", margin: money(10), balance: money(1_000) };
const FILL = { ticket: 7, price: price(1.1001), lots: null, atMs: 200 };
const CLOSE: CloseProof = {
  reason: "TP_HIT",
  atMs: 300,
  price: price(1.102),
  profit: money(55),
  ticket: 7,
  note: null,
};

const STEPS: Readonly<Record<FireStatus, (fire: Fire) => FireStep>> = {
  reserved: announceReserved,
  sent: (fire) => markSent(fire, SENT),
  filled: (fire) => reopen(fire, FILL),
  closed: (fire) => markClosed(fire, CLOSE),
  ambiguous: (fire) => markAmbiguous(fire, "no answer"),
  rejected: (fire) => markRejected(fire, 10016, "invalid stops"),
  refused: (fire) => markRefused(fire, { code: "EA_OFFLINE", reason: "gone" }),
  expired: (fire) => markExpired(fire, "proved"),
};
const STATUSES = Object.keys(STEPS) as FireStatus[];

const kinds = (step: FireStep) => step.events.map((event) => event.kind);

Deno.test("a fire announces every step of its life once, and its slot when it is taken and released", () => {
  const reserved = announceReserved(makeFire());
  const sent = markSent(reserved.fire, SENT);
  const filled = markFilled(sent.fire, FILL);
  const closed = markClosed(filled.fire, CLOSE);

  assert.deepEqual([reserved, sent, filled, closed].map(kinds), [
    ["slotTaken"],
    ["fireSent"],
    ["fireFilled"],
    ["fireClosed", "slotReleased"],
  ]);
  assert.deepEqual(closed.fire, {
    ...makeFire(),
    status: "closed",
    sentAtMs: 100,
    sentToNodeId: "N1",
    preSendMargin: 10,
    preSendBalance: 1_000,
    ticket: 7,
    fillPrice: 1.1001,
    filledAtMs: 200,
    closeReason: "TP_HIT",
    closePrice: 1.102,
    profit: 55,
    closedAtMs: 300,
  });
});

Deno.test("a fire goes only where its life allows, and anything else throws with the values", () => {
  const allowed: Record<FireStatus, readonly FireStatus[]> = {
    reserved: ["refused", "sent"],
    sent: ["ambiguous", "closed", "expired", "filled", "refused", "rejected"],
    ambiguous: ["closed", "expired", "filled", "refused", "rejected"],
    filled: ["closed"],
    closed: [],
    refused: ["closed", "filled"],
    rejected: ["closed", "filled"],
    expired: ["closed", "filled"],
  };

  for (const from of STATUSES) {
    const fire = makeFire({ status: from, closeReason: from === "closed" ? "TP_HIT" : null });
    assert.deepEqual(STATUSES.filter((to) => mayBecome(fire, to)).toSorted(), allowed[from], from);
    for (const to of STATUSES) {
      const same = to === from && ["reserved", "ambiguous", "filled", "closed"].includes(to);
      if (mayBecome(fire, to) || same) continue;
      assert.throws(() => STEPS[to](fire), /^Error: Cannot (move|take)/, `${from} to ${to}`);
    }
  }
});

Deno.test("an error of an illegal step names the fire, both statuses and what was allowed", () => {
  assert.throws(() => markSent(makeFire({ status: "filled" }), SENT), {
    message:
      "Cannot move fire F7Q2K9-u17 from filled as the next status must be one of closed: current value is sent",
  });
});

Deno.test("a position seen again takes its slot back from an inferred close, never from the broker's", () => {
  const inferred = makeFire({ status: "closed", closeReason: "CLOSED_EA_SYNC", closedAtMs: 9, ticket: 7 });
  const reported = makeFire({ status: "closed", closeReason: "SL_HIT", closedAtMs: 9, ticket: 7 });

  const back = reopen(inferred, FILL);

  assert.deepEqual(kinds(back), ["slotTaken", "fireFilled"]);
  assert.deepEqual([back.fire.status, back.fire.closedAtMs, back.fire.note], [
    "filled",
    null,
    "was CLOSED_EA_SYNC, but the position is still at the broker",
  ]);
  assert.throws(() => reopen(reported, FILL), /Cannot move fire .* from closed/);
});

Deno.test("proof of a fill takes the slot back from every belief that nothing was opened", () => {
  const steps = (["refused", "rejected", "expired"] as const).map((status) =>
    markFilled(makeFire({ status, code: "EA_OFFLINE", retcode: 10016, note: "old" }), FILL)
  );

  assert.deepEqual(steps.map(kinds), [1, 2, 3].map(() => ["slotTaken", "fireFilled"]));
  assert.deepEqual(
    steps.map(({ fire }) => [fire.code, fire.retcode, fire.note]),
    [1, 2, 3].map(() => [null, null, null]),
  );
});

Deno.test("fill and close end the same, in any order and any number of times", () => {
  type Proof = "fill" | "sameFill" | CloseReason;
  const proofs = fc.shuffledSubarray<Proof>(
    ["fill", "sameFill", "TP_HIT", "MANUAL", "CLOSED_BY_COMMAND", "CLOSED_INFERRED"],
    { minLength: 6 },
  );
  const apply = (fire: Fire, proof: Proof): Fire => {
    if (proof === "fill" || proof === "sameFill") return markFilled(fire, FILL).fire;
    const reported = proof === "TP_HIT" || proof === "MANUAL";
    return markClosed(fire, {
      ...CLOSE,
      reason: proof,
      price: reported ? CLOSE.price : null,
      profit: reported ? CLOSE.profit : null,
      note: proof,
    }).fire;
  };
  const sent = markSent(makeFire(), SENT).fire;
  const expected = ["fill", "TP_HIT"].reduce((fire, proof) => apply(fire, proof as Proof), sent);

  fc.assert(fc.property(proofs, fc.array(fc.nat(5)), (order, again) => {
    const end = [...order, ...again.map((index) => order[index]!)].reduce(apply, sent);
    assert.deepEqual(end, expected);
  }));
});

Deno.test("rejection and success of one fire end as filled in both orders", () => {
  const sent = markSent(makeFire(), SENT).fire;
  const late = markFilled(markRejected(sent, 10016, "invalid stops").fire, FILL).fire;

  assert.deepEqual(late, markFilled(sent, FILL).fire);
  assert.equal(mayBecome(late, "rejected"), false);
});

Deno.test("the broker's price and profit replace an estimate, and better words replace the reason", () => {
  const filled = makeFire({ status: "filled", ticket: 7, filledAtMs: 1 });
  const guess = markClosed(filled, {
    ...CLOSE,
    reason: "CLOSED_BY_COMMAND",
    price: price(1.1015),
    profit: null,
    atMs: 250,
  });

  const told = markClosed(guess.fire, { ...CLOSE, reason: "MANUAL" });

  assert.deepEqual([told.fire.closeReason, told.fire.closePrice, told.fire.profit, told.fire.closedAtMs], [
    "CLOSED_BY_COMMAND",
    1.102,
    55,
    250,
  ]);
  assert.deepEqual(kinds(told), ["fireAmended"]);
  assert.deepEqual(kinds(markClosed(told.fire, { ...CLOSE, reason: "MANUAL" })), []);
});

Deno.test("the ticket of an unverified success is kept while the fire stays ambiguous", () => {
  const sent = markSent(makeFire(), SENT).fire;
  const first = markAmbiguous(sent, "no answer within 20 s");
  const second = markAmbiguous(first.fire, "success without a price", { ticket: 9 });

  assert.deepEqual([first, second].map(kinds), [["fireAmbiguous"], ["fireAmended"]]);
  assert.deepEqual([second.fire.ticket, second.fire.note], [9, "no answer within 20 s"]);
  assert.deepEqual(kinds(markAmbiguous(second.fire, "again")), []);
});

Deno.test("the lots of a heartbeat's position stay when a confirmation comes after it", () => {
  const sent = markSent(makeFire(), SENT).fire;
  const seen = markFilled(sent, { ...FILL, lots: lots(0.29) });

  assert.deepEqual(kinds(markFilled(seen.fire, FILL)), []);
});

Deno.test("holdsSlot() is true for reserved, sent, ambiguous and filled alone", () => {
  assert.deepEqual(STATUSES.filter((status) => holdsSlot({ status })).toSorted(), [
    "ambiguous",
    "filled",
    "reserved",
    "sent",
  ]);
});

Deno.test("makeFireId() gives short plain ids that differ by user, signal and nonce, and never the signal's", () => {
  const signal = makeSignal();
  const ids = fc.sample(fc.tuple(fc.string(), fc.string({ minLength: 1 })), { numRuns: 2_000, seed: 1 })
    .map(([nonce, user]) => ({
      key: JSON.stringify([nonce, user]),
      id: makeFireId(signal, userId(user), nonce),
    }));

  const distinct = new Set(ids.map(({ key }) => key)).size;
  assert.equal(new Set(ids.map(({ id }) => id)).size, distinct);
  assert.deepEqual(ids.filter(({ id }) => !/^[a-z0-9-]{20,25}$/.test(id)), []);
  assert.equal(new Set(ids.map(({ id }) => id.slice(0, 11))).size, distinct);
});

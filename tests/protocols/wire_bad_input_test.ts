/**
 * The whole bad-input list against the three decoders: each case is a fault with its reason, and nothing throws.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeCommandFrame,
  decodeConfirmFrame,
  type Decoded,
  decodeTelemetryFrame,
} from "../../protocols/wire.ts";
import { BAD_PAYLOADS } from "../kit/bad_input.ts";
import { bytes, fixture } from "../kit/wire_fixture.ts";

const FIXTURES = [...Deno.readDirSync(new URL("../fixtures/wire", import.meta.url))]
  .map(({ name }) => fixture(name.replace(".frame", "")));

type AnyDecoded = Decoded<{ readonly kind: string }>;

function everyDecoder(payload: Uint8Array): AnyDecoded[] {
  return [
    decodeCommandFrame([bytes("id"), payload]),
    decodeTelemetryFrame([payload]),
    decodeConfirmFrame([payload]),
  ];
}

function assertSound(decoded: AnyDecoded): void {
  if (decoded.ok) assert.equal(typeof decoded.message.kind, "string");
  else assert.ok(decoded.fault.detail.length <= 120, decoded.fault.detail);
}

for (const { name, payload, reason } of BAD_PAYLOADS) {
  Deno.test(`decodeTelemetryFrame() answers ${reason} to ${name}`, () => {
    const decoded = decodeTelemetryFrame([payload]);

    assert.equal(decoded.ok ? "decoded" : decoded.fault.reason, reason);
  });
}

Deno.test("the decoders refuse messages of no frame and of twenty", () => {
  const tick = fixture("v205_tick");
  const twenty = new Array<Uint8Array>(20).fill(tick);
  const reasons = [
    decodeTelemetryFrame([]),
    decodeTelemetryFrame([tick, tick]),
    decodeTelemetryFrame(twenty),
    decodeConfirmFrame(twenty),
    decodeCommandFrame([]),
    decodeCommandFrame([bytes("id")]),
    decodeCommandFrame([bytes("id"), new Uint8Array()]),
    decodeCommandFrame([bytes("id"), bytes("x"), fixture("v205_hello")]),
    decodeCommandFrame(twenty),
  ].map((decoded) => decoded.ok ? "decoded" : decoded.fault.reason);

  assert.deepEqual(reasons, [
    "empty",
    "too_many_frames",
    "too_many_frames",
    "too_many_frames",
    "empty",
    "empty",
    "empty",
    "too_many_frames",
    "too_many_frames",
  ]);
});

Deno.test("the decoders never throw on random bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (payload) => everyDecoder(payload).forEach(assertSound)),
    { numRuns: 2_000, seed: 1 },
  );
});

Deno.test("the decoders never throw on any JSON value", () => {
  fc.assert(
    fc.property(fc.json(), (text) => everyDecoder(bytes(text)).forEach(assertSound)),
    { numRuns: 1_000, seed: 2 },
  );
});

Deno.test("the decoders never throw on messages with any value in any field", () => {
  const fields = [
    "type",
    "target_uuid",
    "symbol",
    "bid",
    "timestamp",
    "balance",
    "equity",
    "positions",
    "status",
  ];
  const mutation = fc.record({
    text: fc.constantFrom(...FIXTURES.map((payload) => new TextDecoder("latin1").decode(payload))),
    field: fc.constantFrom(
      ...fields,
      "ticket",
      "fire_id",
      "price",
      "message",
      "leverage",
      "symbol_list",
      "reason",
    ),
    value: fc.jsonValue(),
  });

  fc.assert(
    fc.property(mutation, ({ text, field, value }) => {
      const object = { ...parsed(text), [field]: value };
      everyDecoder(bytes(JSON.stringify(object))).forEach(assertSound);
    }),
    { numRuns: 2_000, seed: 3 },
  );
});

Deno.test("the decoders never throw on messages with bytes changed, removed or inserted", () => {
  const edit = fc.record({ at: fc.nat(600), remove: fc.nat(3), insert: fc.uint8Array({ maxLength: 3 }) });
  const mutated = fc.tuple(fc.constantFrom(...FIXTURES), fc.array(edit, { minLength: 1, maxLength: 4 }));

  fc.assert(
    fc.property(mutated, ([payload, edits]) => {
      everyDecoder(edits.reduce(apply, payload)).forEach(assertSound);
    }),
    { numRuns: 3_000, seed: 4 },
  );
});

Deno.test("the decoders refuse every message that was cut short", () => {
  for (const payload of FIXTURES) {
    const end = payload.lastIndexOf("}".charCodeAt(0));
    for (let length = 0; length < end; length++) {
      const decoded = everyDecoder(payload.subarray(0, length));
      assert.deepEqual(
        decoded.filter((one) => one.ok),
        [],
        new TextDecoder().decode(payload.subarray(0, length)),
      );
    }
  }
});

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function apply(
  payload: Uint8Array,
  edit: { readonly at: number; readonly remove: number; readonly insert: Uint8Array },
): Uint8Array {
  const at = edit.at % (payload.length + 1);
  return new Uint8Array([...payload.subarray(0, at), ...edit.insert, ...payload.subarray(at + edit.remove)]);
}

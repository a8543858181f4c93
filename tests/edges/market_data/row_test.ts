/**
 * Rows and lines: numbers to the same double as `Number` reads them, whatever the pieces a file comes in.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { LINE_MAX, Lines } from "../../../edges/market_data/lines.ts";
import { BLANK, MISSING, Row } from "../../../edges/market_data/row.ts";

const encoder = new TextEncoder();

/** A cursor over a line. */
function over(text: string, separator = ","): Row {
  const row = new Row(separator.charCodeAt(0));
  const bytes = encoder.encode(text + "\n9,9");
  row.open(bytes, 0, text.length);
  return row;
}

Deno.test("number() reads plain decimals of any length as Number does", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: 30 });
  const decimal = fc.oneof(digits, fc.tuple(digits, digits).map(([whole, rest]) => `${whole}.${rest}`));

  fc.assert(
    fc.property(decimal, decimal, (first, second) => {
      const row = over(`${first},${second}`);
      const read = [row.number(), row.decimals, row.number(), row.number()];
      assert.deepEqual(read, [Number(first), first.split(".")[1]?.length ?? 0, Number(second), MISSING]);
    }),
    { numRuns: 2_000, seed: 7 },
  );
});

Deno.test("number() tells blank, missing and nonsense apart, and always steps to the next field", () => {
  const row = over(",1.5,,x,1-2,.,.5,5.,1.2.3,12345678901234567890x,7");
  const read = Array.from({ length: 12 }, () => row.number());

  assert.deepEqual(read, [BLANK, 1.5, BLANK, NaN, NaN, NaN, 0.5, 5, NaN, NaN, 7, MISSING]);
});

Deno.test("number() reads an empty line as one blank field, and a last blank field as blank", () => {
  const [empty, last] = [over(""), over("1,")];

  assert.deepEqual([empty.number(), empty.number()], [BLANK, MISSING]);
  assert.deepEqual([last.number(), last.number(), last.number()], [1, BLANK, MISSING]);
});

Deno.test("skip() stays within its line", () => {
  const row = over("a,b,");

  assert.deepEqual([row.skip(), row.skip(), row.skip(), row.skip()], [true, true, true, false]);
});

/** What a hearer is told of chunks. */
function tell(chunks: readonly Uint8Array[]): string[] {
  const told: string[] = [];
  const text = (bytes: Uint8Array, from: number, end: number): string =>
    new TextDecoder().decode(bytes.subarray(from, end));
  const lines = new Lines({
    line: (bytes, from, end, ended) => told.push(text(bytes, from, end) + (ended ? "" : "~")),
    longLine: (bytes, from, end) => told.push(`${end - from} of ${text(bytes, from, from + 1)}`),
  });
  for (const chunk of chunks) lines.push(chunk);
  lines.finish();
  return told;
}

Deno.test("lines are the same however the bytes are cut", () => {
  const line = fc.string({ unit: fc.constantFrom(..."ab,1"), maxLength: 12 });
  const cuts = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 12 });

  fc.assert(
    fc.property(fc.array(line), fc.constantFrom("\n", "\r\n"), fc.boolean(), cuts, (list, end, ended, at) => {
      const bytes = encoder.encode(list.join(end) + (ended && list.length > 0 ? end : ""));
      const edges = [0, ...at.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      const told = tell(edges.slice(1).map((to, i) => bytes.subarray(edges[i], to)));

      const whole = ended ? list : list.slice(0, -1);
      const last = ended ? "" : list.at(-1) ?? "";
      assert.deepEqual(told, [...whole, ...(last === "" ? [] : [`${last}~`])]);
    }),
    { numRuns: 1_000, seed: 7 },
  );
});

Deno.test("a line too long for any row is told once, wherever it is cut", () => {
  const bytes = encoder.encode(`a\n${"x".repeat(3 * LINE_MAX)}\nb\n${"y".repeat(2 * LINE_MAX)}`);

  for (const size of [1, 1_000, LINE_MAX, LINE_MAX + 1, bytes.length]) {
    const chunks = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, i) => bytes.subarray(i * size, (i + 1) * size),
    );
    assert.deepEqual(tell(chunks), ["a", `${LINE_MAX} of x`, "b", `${LINE_MAX} of y`], `pieces of ${size}`);
  }
});

/**
 * The log: levels, formats, and a writer that never holds anybody up.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type Actor,
  createLog,
  formatJson,
  formatText,
  lineSink,
  type LogRecord,
  memoryLog,
  supervisor,
  System,
  virtualClock,
  worker,
} from "../../runtime/mod.ts";
import { act, gate, stage } from "./probe.ts";
import { seeded } from "./seeds.ts";

const atMs = Date.UTC(2026, 0, 5, 10);
const record: LogRecord = {
  level: "warn",
  source: "root/a",
  message: "disk is slow",
  fields: { ms: 120 },
  atMs,
};

Deno.test("a log writes source, level, message, fields and time, and nothing below its level", () => {
  const records: LogRecord[] = [];
  const log = createLog({
    sink: (record) => void records.push(record),
    clock: virtualClock(atMs),
    level: "warn",
  });

  log.debug("no");
  log.info("no");
  log.child("root/a").warn("disk is slow", { ms: 120 });
  log.error("bad");

  assert.deepEqual(records, [
    record,
    { level: "error", source: "system", message: "bad", fields: {}, atMs },
  ]);
});

Deno.test("a memory log keeps every level", () => {
  const { log, records } = memoryLog(virtualClock(atMs));

  log.debug("a");
  log.info("b");

  assert.deepEqual(records.map(({ level, message }) => [level, message]), [["debug", "a"], ["info", "b"]]);
});

Deno.test("text and JSON lines say the same", () => {
  assert.equal(formatText(record), '2026-01-05T10:00:00.000Z WARN  root/a: disk is slow {"ms":120}');
  assert.equal(
    formatJson(record),
    '{"at":"2026-01-05T10:00:00.000Z","level":"warn","source":"root/a","message":"disk is slow","fields":{"ms":120}}',
  );
  assert.equal(formatText({ ...record, fields: {} }), "2026-01-05T10:00:00.000Z WARN  root/a: disk is slow");
});

Deno.test("a line can hold what JSON cannot: errors, bigints, circles, times that are no dates", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const error = new RangeError("too far");
  error.stack = "RangeError: too far";

  const line = formatJson({ ...record, fields: { error, big: 12n, circle }, atMs: NaN });

  assert.deepEqual(JSON.parse(line), {
    at: "NaN",
    level: "warn",
    source: "root/a",
    message: "disk is slow",
    fields: { error: "RangeError: too far", big: "12", circle: { self: "(seen above)" } },
  });
});

Deno.test("lines wait for a slow writer, the caller does not", async () => {
  const texts: string[] = [];
  const slow = gate();
  const { sink, flush } = lineSink(async (text) => {
    texts.push(text);
    await slow.promise;
  }, { format: (record) => record.message });

  sink({ ...record, message: "one" });
  sink({ ...record, message: "two" });
  assert.deepEqual(texts, []);
  await Promise.resolve().then(() => {});
  sink({ ...record, message: "three" });
  slow.open();
  await flush();

  assert.deepEqual(texts, ["one\ntwo\n", "three\n"]);
});

Deno.test("a full line sink drops the oldest and says later how many", async () => {
  const texts: string[] = [];
  const lines = lineSink((text) => void texts.push(text), {
    format: (record) => record.message,
    capacity: 2,
  });

  for (const message of ["one", "two", "three", "four"]) lines.sink({ ...record, message });
  await lines.flush();
  lines.sink({ ...record, message: "five" });
  await lines.flush();

  assert.deepEqual(texts, ["(2 lines were dropped here)\nthree\nfour\n", "five\n"]);
  assert.equal(lines.dropped, 2);
});

Deno.test("a writer that fails loses its text and is told of it at the next", async () => {
  const texts: string[] = [];
  let fails = true;
  const lines = lineSink((text) => {
    if (fails) throw new Error("disk full");
    texts.push(text);
  }, { format: (record) => record.message });

  lines.sink({ ...record, message: "lost" });
  await lines.flush();
  fails = false;
  lines.sink({ ...record, message: "kept" });
  await lines.flush();

  assert.deepEqual(texts, ["(1 lines were dropped here)\nkept\n"]);
  assert.equal(lines.dropped, 1);
});

seeded("an actor's log has its path for a source", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a")] }));

  await s.tell("root/a", act((context) => context.log.info("hello")));

  assert.deepEqual(s.logs.map(({ source, message }) => [source, message]), [["root/a", "hello"]]);
  await s.close();
});

Deno.test("without a hook of its own a system logs every failure once, with its error", async () => {
  const { log, records } = memoryLog(virtualClock(atMs));
  const system = new System({ log });
  const error = new Error("boom");
  const actor: Actor<null, "crash" | "ask"> = {
    init: () => null,
    handle() {
      throw error;
    },
  };
  await system.start(supervisor("root", { children: [worker("a", () => actor)] }));

  await assert.rejects(system.ref<"crash">("root/a").ask(() => "crash"));

  const fields = { offender: "root/a", reason: "Error: boom", messageKind: "string", restarts: 0, error };
  assert.deepEqual(records, [
    { level: "error", source: "root", message: "child_terminated", fields, atMs },
  ]);
  await system.stop();
});

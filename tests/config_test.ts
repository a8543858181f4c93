/**
 * The configuration: defaults, all faults at once, environment, and the schema file that editors read.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ConfigSchema, isLoopback, isRehearsal, readConfig, settings } from "../config.ts";

const noEnv = () => undefined;

function configOf(text: string | null, env: Record<string, string> = {}) {
  const result = readConfig(text, (name) => env[name]);
  assert.ok(result.ok, JSON.stringify(result));
  return result;
}

function faultsOf(text: string, env: Record<string, string> = {}): string[] {
  const result = readConfig(text, (name) => env[name]);
  assert.ok(!result.ok);
  return result.faults.map((fault) => `${fault.path}: ${fault.message}`);
}

Deno.test("readConfig() without a file gives the defaults: loopback, no admin port, no Telegram", () => {
  const { config, overrides } = configOf(null);

  assert.equal(config.gateways.host, "127.0.0.1");
  assert.deepEqual(
    [config.gateways.commandPort, config.gateways.telemetryPort, config.gateways.signalPort],
    [5555, 5556, 5557],
  );
  assert.equal(config.http.adminToken, null);
  assert.equal(config.telegram.token, null);
  assert.deepEqual(overrides, []);
  assert.equal(isRehearsal(config), false);
});

Deno.test("readConfig() takes comments, trailing commas and $schema", () => {
  const { config } = configOf(`{
    // where the database lives
    "$schema": "./bitten.schema.json",
    "dataDir": "/var/lib/bitten", /* one folder */
  }`);

  assert.equal(config.dataDir, "/var/lib/bitten");
});

Deno.test("readConfig() reports every fault at once with its path and the allowed range", () => {
  const faults = faultsOf(`{
    "nonsense": true,
    "gateways": { "commandPort": 70000, "legacyAllow": "127.0.0.1" },
    "clock": { "speed": 0 },
    "log": { "level": "loud" }
  }`);

  assert.deepEqual(faults.toSorted(), [
    "clock.speed: Must be a number from 0.1 to 10000: current value is 0",
    "gateways.commandPort: Must be a whole number from 0 to 65535: current value is 70000",
    'gateways.legacyAllow: Must be a list: current value is "127.0.0.1"',
    'log.level: Must be "debug" or "info" or "warn" or "error": current value is "loud"',
    "nonsense: No setting of this name exists",
  ]);
});

Deno.test("readConfig() says in which line a broken file breaks", () => {
  const faults = faultsOf(`{\n  "dataDir": "x"\n  "http": {}\n}`);

  assert.deepEqual(faults, ["line 3: Cannot read the file as JSON with comments: CommaExpected"]);
});

Deno.test("readConfig() refuses a file that is not an object", () => {
  assert.deepEqual(faultsOf("[1]"), [": Cannot use the file as it must hold one object"]);
});

Deno.test("readConfig() lets BITTEN_ variables win over the file", () => {
  const { config, overrides } = configOf(`{ "http": { "port": 1 } }`, {
    BITTEN_HTTP_PORT: "9000",
    BITTEN_CLOCK_SPEED: "60",
    BITTEN_CLOCK_START: "2014-05-01T00:00:00Z",
    BITTEN_TELEGRAM_CHAT_IDS: "-100, 7",
    BITTEN_EXECUTION_DAILY_LOSS_PERCENT_MAX: "7.5",
    BITTEN_ADMIN_TOKEN: "0123456789abcdef",
  });

  assert.equal(config.http.port, 9000);
  assert.deepEqual(config.clock, { speed: 60, startAt: "2014-05-01T00:00:00Z" });
  assert.deepEqual(config.telegram.chatIds, ["-100", "7"]);
  assert.equal(config.execution.dailyLossPercentMax, 7.5);
  assert.equal(config.http.adminToken, "0123456789abcdef");
  assert.equal(overrides.length, 6);
  assert.equal(isRehearsal(config), true);
});

Deno.test("readConfig() reads null from the environment where a limit may be switched off", () => {
  const { config } = configOf(null, { BITTEN_EXECUTION_DAILY_LOSS_PERCENT_MAX: "null" });

  assert.equal(config.execution.dailyLossPercentMax, null);
});

Deno.test("readConfig() names the variable whose value is wrong", () => {
  assert.deepEqual(faultsOf("{}", { BITTEN_HTTP_PORT: "web" }), [
    'BITTEN_HTTP_PORT: Must be a whole number from 0 to 65535: current value is "web"',
  ]);
});

Deno.test("readConfig() refuses two settings on one port, but any number on port 0", () => {
  assert.deepEqual(faultsOf(`{ "http": { "port": 5555 } }`), [
    "http.port: Must differ from gateways.commandPort: both are 5555",
  ]);
  configOf(`{ "http": { "port": 0, "adminPort": 0 } }`);
});

Deno.test("readConfig() refuses EA ports beyond loopback, and a rehearsal beyond loopback", () => {
  assert.deepEqual(faultsOf(`{ "gateways": { "host": "0.0.0.0" } }`).length, 1);
  assert.deepEqual(faultsOf(`{ "clock": { "speed": 60 }, "http": { "host": "0.0.0.0" } }`), [
    "http.host: Must be a loopback address while the clock is a rehearsal's",
  ]);
});

Deno.test("readConfig() refuses a start that is no time", () => {
  assert.deepEqual(faultsOf(`{ "clock": { "startAt": "yesterday-ish" } }`), [
    'clock.startAt: Must be an ISO 8601 time: current value is "yesterday-ish"',
  ]);
});

Deno.test("isLoopback() knows loopback addresses", () => {
  assert.deepEqual(["127.0.0.1", "127.1.2.3", "::1", "localhost", "0.0.0.0", "10.0.0.1"].map(isLoopback), [
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});

Deno.test("every setting says what it is, and no two share an environment variable", () => {
  const all = settings();

  const undescribed = all.filter(({ path, schema }) =>
    path[0] !== "$schema" && schema.description === undefined
  );
  assert.deepEqual(undescribed, []);
  const names = all.map(({ env }) => env).filter((env) => env !== null);
  assert.equal(new Set(names).size, names.length);
});

Deno.test("bitten.schema.json is the schema of the code", async () => {
  const file = await Deno.readTextFile(new URL("../bitten.schema.json", import.meta.url));

  assert.deepEqual(JSON.parse(file), JSON.parse(JSON.stringify(ConfigSchema)));
});

Deno.test("bitten.config.example.jsonc is accepted and changes nothing", async () => {
  const text = await Deno.readTextFile(new URL("../bitten.config.example.jsonc", import.meta.url));

  const { $schema: _, ...example } = configOf(text).config;
  const result = readConfig(null, noEnv);

  assert.ok(result.ok);
  assert.deepEqual(example, result.config);
});

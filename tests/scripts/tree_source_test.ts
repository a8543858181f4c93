/**
 * Where the living tree is asked for, and what is said when it cannot be had; the command line and the program.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfig } from "../../config.ts";
import { adminApp, serveHttp } from "../../edges/http.ts";
import {
  type Actor,
  dynamic,
  memoryLog,
  supervisor,
  type TreeNode,
  virtualClock,
  worker,
} from "../../runtime/mod.ts";
import { addressOf, askTree, type TreeDeps } from "../../scripts/lib/tree_source.ts";
import { treeOptions } from "../../scripts/tree.ts";
import { fakeAdminApi } from "../kit/http_api.ts";
import { program } from "../kit/process.ts";
import { testSystem } from "../kit/test_system.ts";

const TOKEN = "a-token-for-tests-only";
const AT = { origin: "http://127.0.0.1:8899", token: TOKEN };

function configOf(http: Record<string, unknown>) {
  const result = readConfig(JSON.stringify({ http }), () => undefined);
  assert.ok(result.ok);
  return result.config;
}

/** The admin port's own app over a tree, without a socket. */
function appOver(tree: unknown) {
  const { log } = memoryLog(virtualClock(0));
  const api = fakeAdminApi({ tree: () => Promise.resolve({ ok: true, value: tree }) }).api;
  return adminApp(api, { token: TOKEN, log, nowMs: () => 0 });
}

function depsOver(tree: unknown): TreeDeps {
  const app = appOver(tree);
  return {
    fetch: async (url, init) => await app.request(url, init, { remote: "127.0.0.1" }),
    after: () => () => {},
  };
}

function answering(status: number, body: string): TreeDeps {
  return { fetch: () => Promise.resolve(new Response(body, { status })), after: () => () => {} };
}

/** A tree with one of everything: a crash, a backlog, a dynamic child. */
async function livelySystem() {
  const kit = testSystem();
  const actor: Actor<null, string> = {
    init: () => null,
    handle(state, message) {
      if (message === "crash") throw new Error("boom");
      return message === "hang" ? new Promise<null>(() => {}) : state;
    },
  };
  await kit.system.start(supervisor("root", {
    children: [
      worker("a", () => actor),
      dynamic("kids", { child: () => actor }),
    ],
  }));
  kit.system.go();
  const kid = await kit.system.dynamic<string, string>("root/kids").ensure("k1", "k1");
  kit.system.ref<string>("root/a").tell("crash");
  await kit.settle();
  kid.tell("hang");
  for (let n = 0; n < 3; n++) kid.tell("more");
  await kit.advance(65_000);
  const stop = async () => {
    const stopping = kit.system.stop();
    // Who hangs is cut off by then.
    await kit.advance(60_000);
    await stopping;
  };
  return { system: kit.system, stop };
}

Deno.test("askTree() reads back the very tree a system tells, through the admin port's own app", async () => {
  const { system, stop } = await livelySystem();
  const tree = system.tree();

  const answer = await askTree(AT, depsOver(tree));

  assert.ok(answer.ok);
  assert.deepEqual(answer.roots, tree);
  const [root] = answer.roots as [TreeNode];
  assert.deepEqual(
    [root, ...root.children, ...root.children[1]!.children].map((node) => [
      ...[node.path, node.type, node.state, node.mailboxDepth, node.restarts, node.lastError, node.uptimeMs],
    ]),
    [
      ["root", "supervisor", "running", 0, 0, null, 65_000],
      ["root/a", "worker", "running", 0, 1, "Error: boom", 65_000],
      ["root/kids", "dynamic", "running", 0, 0, null, 65_000],
      ["root/kids/k1", "worker", "running", 3, 0, null, 65_000],
    ],
  );
  await stop();
});

Deno.test("askTree() says who refuses, and what to do about it", async () => {
  const wrong = await askTree({ ...AT, token: "not-the-token" }, depsOver([]));

  assert.deepEqual(wrong, {
    ok: false,
    message: "The server at http://127.0.0.1:8899 refuses the token: give the one it was started with, by " +
      "BITTEN_ADMIN_TOKEN, http.adminToken in the configuration, or --token.",
  });
});

Deno.test("askTree() hands on what the server itself says, as after too many wrong tokens", async () => {
  const deps = depsOver([]);
  for (let n = 0; n < 10; n++) await askTree({ ...AT, token: "not-the-token" }, deps);

  assert.deepEqual(await askTree(AT, deps), {
    ok: false,
    message: "The server at http://127.0.0.1:8899 says: 10 wrong tokens came from this address. " +
      "Wait 60 s, then send the right one.",
  });
});

Deno.test("askTree() tells another server from this one", async () => {
  const others = [
    answering(200, "<html>"),
    answering(200, "null"),
    answering(200, '{"tree":null}'),
    answering(200, '{"tree":[{"path":"a"}]}'),
    answering(404, '{"error":{"code":"NOT_FOUND","message":"There is nothing here.","next":""}}'),
    answering(500, "Internal Server Error"),
  ];
  const answers = await Promise.all(others.map((deps) => askTree(AT, deps)));

  assert.deepEqual(
    answers.map((answer) => answer.ok ? "" : answer.message.slice(0, answer.message.indexOf(":", 50))),
    [200, 200, 200, 200, 404, 500].map((status) =>
      `What answers at http://127.0.0.1:8899 (status ${status}) is no admin port of this server`
    ),
  );
});

Deno.test("askTree() takes no node that is not whole", async () => {
  const { system, stop } = await livelySystem();
  const whole = JSON.parse(JSON.stringify(
    await (await depsOver(system.tree()).fetch(
      `${AT.origin}/admin/api/tree`,
      { headers: { Authorization: `Bearer ${TOKEN}` } },
    )).json(),
  )) as { tree: [{ children: Record<string, unknown>[] }] };
  const names = Object.keys(whole.tree[0].children[0]!);

  const taken = [];
  for (const name of names) {
    const broken = structuredClone(whole);
    broken.tree[0].children[0]![name] = { no: "value" };
    if ((await askTree(AT, answering(200, JSON.stringify(broken)))).ok) taken.push(name);
  }

  assert.equal(names.length, 8);
  assert.deepEqual(taken, []);
  assert.ok((await askTree(AT, answering(200, JSON.stringify(whole)))).ok);
  await stop();
});

Deno.test("askTree() says that nobody answers, with the reason, and how to start or find the server", async () => {
  const refused = new TypeError("fetch failed", { cause: new Error("Connection refused (os error 111)") });
  const deps: TreeDeps = { fetch: () => Promise.reject(refused), after: () => () => {} };

  const answer = await askTree(AT, deps);

  assert.ok(!answer.ok);
  assert.match(answer.message, /^Nobody answers at http:\/\/127\.0\.0\.1:8899 \(Connection refused/);
  assert.match(answer.message, /deno task start.*BITTEN_HTTP_ADMIN_PORT.*--url/);
});

Deno.test("askTree() gives a silent server up after 5 s, and calls its timer off when it answers", async () => {
  const waits: number[] = [];
  let calledOff = 0;
  const timer = (fires: boolean): TreeDeps["after"] => (ms, run) => {
    waits.push(ms);
    if (fires) run();
    return () => void calledOff++;
  };
  const hanging = (_url: string, init: RequestInit) => Promise.reject(init.signal!.reason);

  const silent = await askTree(AT, { fetch: hanging, after: timer(true) });
  const answered = await askTree(AT, { ...depsOver([]), after: timer(false) });

  assert.deepEqual(silent, {
    ok: false,
    message: "The server at http://127.0.0.1:8899 took the request and did not answer within 5 s: it is " +
      "overloaded or hangs. Look at its log and at its process.",
  });
  assert.equal(answered.ok, true);
  assert.deepEqual([waits, calledOff], [[5_000, 5_000], 2]);
});

Deno.test("addressOf() finds address and token where the server does, and lets the command line go before", () => {
  const config = configOf({ adminPort: 9_001, adminToken: TOKEN });
  const origins = ["127.0.0.1", "0.0.0.0", "::", "::1", "10.8.0.1"].map((host) => {
    const address = addressOf(configOf({ host, adminPort: 9_001, adminToken: TOKEN }), {});
    return typeof address === "string" ? address : address.origin;
  });

  assert.deepEqual(origins, [
    "http://127.0.0.1:9001",
    "http://127.0.0.1:9001",
    "http://[::1]:9001",
    "http://[::1]:9001",
    "http://10.8.0.1:9001",
  ]);
  assert.deepEqual(addressOf(config, {}), { origin: "http://127.0.0.1:9001", token: TOKEN });
  assert.deepEqual(addressOf(config, { url: "10.8.0.1:7/" }), { origin: "http://10.8.0.1:7", token: TOKEN });
  assert.deepEqual(addressOf(null, { url: "https://vps.example/x/admin/api/tree", token: "t" }), {
    origin: "https://vps.example/x",
    token: "t",
  });
});

Deno.test("addressOf() says what is missing", () => {
  const open = configOf({ adminPort: 0, adminToken: TOKEN });
  const said = [addressOf(configOf({}), {}), addressOf(open, {}), addressOf(open, { url: "http://[" })];

  assert.deepEqual(said.map((text) => String(text).split(/: (?!\/)|\. /)[0]), [
    "Cannot ask for the tree as there is no admin token",
    'Cannot know the admin port as the configuration says "any free one"',
    "Cannot use --url as it must be like http://127.0.0.1:8899",
  ]);
});

Deno.test("treeOptions() reads every argument; --watch alone is every two seconds", () => {
  const usual = {
    ...{ watchMs: null, depth: 100, children: 20, json: false },
    ...{ config: undefined, url: undefined, token: undefined },
  };

  assert.deepEqual(treeOptions([]), usual);
  assert.deepEqual(treeOptions(["--help"]), null);
  assert.deepEqual(treeOptions(["--watch"]), { ...usual, watchMs: 2_000 });
  assert.deepEqual(treeOptions(["--watch", "0.5", "--json"]), { ...usual, watchMs: 500, json: true });
  assert.deepEqual(
    treeOptions(["--watch", "--depth", "1", "--children=0", "--url", "u", "--token", "t", "--config", "c"]),
    { ...usual, watchMs: 2_000, depth: 1, children: 0, url: "u", token: "t", config: "c" },
  );
  for (
    const wrong of [["--depth", "-1"], ["--watch", "0"], ["--children", "many"], ["--speed", "3"], ["x"]]
  ) {
    assert.throws(() => treeOptions(wrong), wrong.join(" "));
  }
});

/** Serves a lively tree on a free port, and a configuration that names it. */
async function withServer(run: (config: string) => Promise<void>): Promise<void> {
  const { system, stop } = await livelySystem();
  const server = await serveHttp({ host: "127.0.0.1", port: 0, app: appOver(system.tree()) });
  const config = await Deno.makeTempFile({ suffix: ".jsonc" });
  try {
    await Deno.writeTextFile(config, JSON.stringify({ http: { adminPort: server.port } }));
    await run(config);
  } finally {
    await Deno.remove(config);
    await server.close();
    await stop();
  }
}

async function runTree(args: readonly string[], token: string): Promise<{ code: number; lines: string[] }> {
  const script = new URL("../../scripts/tree.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, ...args],
    env: { BITTEN_ADMIN_TOKEN: token, NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(code === 0 ? stdout : stderr);
  return { code, lines: text.trimEnd().split("\n") };
}

Deno.test("the program draws the tree of a server its configuration names, and exits with 1 where it may not", async () => {
  await withServer(async (config) => {
    const drawn = await runTree(["--config", config], TOKEN);
    const refused = await runTree(["--config", config], "not-the-token-at-all");

    assert.equal(drawn.code, 0);
    assert.match(
      drawn.lines[0]!,
      /^http:\/\/127\.0\.0\.1:\d+ {2}2 actors: 2 running; messages waiting 3, restarts 1$/,
    );
    assert.deepEqual(drawn.lines.slice(2), [
      "             state    mail  restarts  uptime   last error",
      "root         running               0  1 m 5 s",
      "├─ a         running     0         1  1 m 5 s  Error: boom",
      "└─ kids (1)  running               0  1 m 5 s",
      "   └─ k1     running     3         0  1 m 5 s",
    ]);
    assert.equal(refused.code, 1);
    assert.match(refused.lines.join("\n"), /refuses the token/);
  });
});

Deno.test("the program watches until it is told to stop, and ends with 0", async () => {
  await withServer(async (config) => {
    const watching = program("scripts/tree.ts", ["--config", config, "--watch", "0.1", "--json"], {
      BITTEN_ADMIN_TOKEN: TOKEN,
    });
    try {
      await watching.line(/"path":"root"/);

      assert.equal(await watching.end(), 0);
      assert.ok(
        watching.lines.every((line) => line.startsWith('[{"path":"root"')),
        watching.lines.join("\n"),
      );
    } finally {
      await watching.kill();
    }
  });
});

/**
 * Processes of the project for walks: started, listened to line by line, killed or ended.
 *
 * @module
 */

/** A child process whose lines can be waited for. */
export interface Program {
  /** Every line so far, standard output and standard error together. */
  readonly lines: readonly string[];
  /**
   * The first line, past or to come, that matches.
   *
   * @throws {Error} (as rejection) with everything it said when it ends before, or says nothing of it for a minute
   */
  line(pattern: RegExp): Promise<string>;
  /** SIGKILL: no hook runs. */
  kill(): Promise<void>;
  /** SIGTERM, and its exit code. */
  end(): Promise<number>;
}

/** A walk that hangs must say where. */
const PATIENCE_MS = 60_000;
const ROOT = new URL("../../", import.meta.url).pathname;

/** Starts a script of the project. */
export function program(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ROOT + script, ...args],
    cwd: ROOT,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let ended = false;
  const wake = () => [...waiting].forEach((look) => look());
  const read = Promise.all([child.stdout, child.stderr].map((stream) => readLines(stream, lines, wake)))
    .then(() => child.status)
    .then((status) => {
      ended = true;
      wake();
      return status.code;
    });
  const signal = async (name: Deno.Signal): Promise<number> => {
    if (!ended) child.kill(name);
    return await read;
  };
  return {
    lines,
    line(pattern) {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const fail = (how: string) =>
        reject(new Error(`${script} ${how} without a line like ${pattern}:\n${lines.join("\n")}`));
      const look = () => {
        const found = lines.find((line) => pattern.test(line));
        if (found !== undefined) resolve(found);
        else if (ended) fail("ended");
      };
      const timer = setTimeout(() => fail("ran for a minute"), PATIENCE_MS);
      waiting.add(look);
      look();
      return promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(look);
      });
    },
    kill: async () => void await signal("SIGKILL"),
    end: () => signal("SIGTERM"),
  };
}

async function readLines(
  stream: ReadableStream<Uint8Array>,
  lines: string[],
  wake: () => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    lines.push(...parts);
    wake();
  }
  if (rest !== "") lines.push(rest);
}

/** Ports nobody uses now: a server that restarts needs the same ones again. */
export function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map((listener) => listener.addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}

/**
 * The end of a simulated world: the faults stop, prices run through every level, and everything must come to its end.
 *
 * @module
 */
import { resume } from "./afflictions.ts";
import { Violation } from "./violation.ts";
import type { World } from "./world.ts";

const MINUTE_MS = 60_000;
/** Quiet before the prices run: terminals come back, the halt is lifted, backlogs are worked off. */
const HEAL_MS = 4 * MINUTE_MS;
/** Prices go so far, percent a minute, up, twice as far down, and back. */
const PERCENT_PER_MINUTE = 1.5;
const RUN_MS = 2 * MINUTE_MS;
/** Time for what the prices set off; then for the alerts of a lively world, one a second and chat. */
const REST_MS = 3 * MINUTE_MS;
const ALERTS_MAX_MS = 20 * MINUTE_MS;

/** Heals a world, lets it end, and checks what must be so at an end. */
export async function finish(world: World): Promise<void> {
  const { timeline, prices } = world;
  world.faulty = false;
  world.note("the faults are over");
  heal(world);
  await world.run(timeline.nowMs + HEAL_MS);
  const bornBefore = timeline.nowMs + world.skewMs;
  for (const [side, ms] of [[1, RUN_MS], [-1, 2 * RUN_MS], [1, RUN_MS]] as const) {
    if (world.violation !== null) return;
    prices.drive(timeline.nowMs, side * PERCENT_PER_MINUTE);
    await world.run(timeline.nowMs + ms);
  }
  prices.drive(timeline.nowMs, null);
  await world.run(timeline.nowMs + REST_MS);
  const endMs = timeline.nowMs + ALERTS_MAX_MS;
  while (alertsWait(world) && timeline.nowMs < endMs && world.violation === null) {
    await world.run(timeline.nowMs + MINUTE_MS);
  }
  if (world.violation === null) world.guard(() => checkEnd(world, bornBefore));
}

function heal(world: World): void {
  world.disk.failures = 0;
  world.chatDownUntilMs = 0;
  for (const terminal of world.terminals) {
    terminal.frozenUntilMs = terminal.liesUntilMs = 0;
    if (!terminal.running) world.timeline.after(1_000, () => terminal.running || terminal.start());
  }
  resume(world);
}

function alertsWait(world: World): boolean {
  for (const { status } of world.disk.ledger.alerts.values()) {
    if (status === "QUEUED" || status === "SENDING") return true;
  }
  return false;
}

function checkEnd(world: World, bornBefore: number): void {
  if (!world.server.open) throw new Violation("ALIVE", "the server is not open");
  const { ledger } = world.disk;
  for (const signal of ledger.signals.values()) {
    const told = ledger.outcomes.get(signal.id) ?? 0;
    if (told > 1) throw new Violation("ONE_OUTCOME", `${signal.id} has ${told} outcomes`);
    if (told === 0 && signal.signaledAtMs < bornBefore - MINUTE_MS) {
      throw new Violation("ONE_OUTCOME", `${signal.id} has none, though prices ran through both its levels`);
    }
    if ((signal.outcome !== null) !== (told === 1)) {
      throw new Violation("ONE_OUTCOME", `${signal.id}: its row and the journal disagree`);
    }
  }
  checkAlerts(world);
}

function checkAlerts(world: World): void {
  const wanted = new Map<string, number>();
  for (const { chatId, text, status, id } of world.disk.ledger.alerts.values()) {
    if (status !== "SENT") throw new Violation("ALERTS", `${id} is ${status} after the end`);
    const key = `${chatId}\n${text}`;
    wanted.set(key, (wanted.get(key) ?? 0) + 1);
  }
  for (const [key, count] of wanted) {
    const came = world.chats.deliveries.get(key);
    if ((came?.plain ?? 0) + (came?.noted ?? 0) < count) throw new Violation("ALERTS", `never came: ${key}`);
    if ((came?.plain ?? 0) > count) {
      throw new Violation("ALERTS", `came ${came?.plain} times, and only ${count} were meant: ${key}`);
    }
  }
  for (const { chatId, text } of world.chats.deliveries.values()) {
    if (!wanted.has(`${chatId}\n${text}`)) {
      throw new Violation("ALERTS", `came, and was never written: ${text}`);
    }
  }
  const raised = world.disk.ledger.events.filter(({ event }) => event.kind === "signalRaised").length;
  const told = [...wanted.keys()].filter((key) => /RAPID|SNIPER/.test(key)).length;
  if (raised > 0 && told === 0) throw new Violation("ALERTS", `${raised} signals and not one alert`);
}

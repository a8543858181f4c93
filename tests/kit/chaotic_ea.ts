/**
 * Chaotic EA: a v2.05 or v2.06H terminal with a broker behind it that loses, doubles, delays and misjudges by a seed.
 *
 * @module
 */
import { specOf } from "../../domain/symbol_spec.ts";
import type { ReportedPosition } from "../../protocols/ea.ts";
import { type Direction, type FireId, lots, money, price, symbolName } from "../../protocols/units.ts";
import type { AccountReport, Command, Confirmation } from "../../protocols/wire.ts";
import type { Random } from "../../runtime/mod.ts";
import { makeCloseConfirmation, makeConfirmation, makePositionClosed, makeReport } from "./slots.ts";

/** A position at the broker. */
export interface ChaoticPosition {
  readonly ticket: number;
  readonly fireId: FireId;
  readonly symbol: string;
  readonly direction: Direction;
  readonly lots: number;
  readonly opened: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
}

/** One terminal. Nothing in it knows what the server believes. */
export class ChaoticEa {
  readonly positions = new Map<number, ChaoticPosition>();
  /** How often each fire was executed. */
  readonly executed = new Map<FireId, number>();
  /** Commands read by nobody yet. */
  queue: Command[] = [];
  /** Confirmations on their way. */
  outbox: Confirmation[] = [];
  readonly bids = new Map<string, number>();
  node = 1;
  balance = 10_000;
  #tickets = 100;

  constructor(readonly random: Random, readonly listsPositions: boolean) {}

  /** One in `n`. */
  chance(n: number): boolean {
    return this.random.next() < 1 / n;
  }

  /** Its session. */
  get nodeId(): string {
    return `NODE_1000001_${this.node}`;
  }

  /** The terminal is started anew: what it had not read is lost. */
  restart(): void {
    this.node++;
    this.queue = [];
  }

  /** A chart tick: one command is read. */
  readOne(): void {
    const command = this.queue.shift();
    if (command?.kind === "fire") this.#fire(command);
    if (command?.kind === "closeTicket") this.#closeTicket(command.ticket);
  }

  /** A quote of one symbol, spread one pip; stops and targets are executed. */
  quote(symbol: string, bid: number): void {
    this.bids.set(symbol, bid);
    for (const position of [...this.positions.values()]) {
      if (position.symbol !== symbol) continue;
      const exit = this.exitOf(position);
      const buy = position.direction === "BUY";
      if (buy ? exit <= position.stopLoss : exit >= position.stopLoss) this.close(position, exit, "SL_HIT");
      else if (buy ? exit >= position.takeProfit : exit <= position.takeProfit) {
        this.close(position, position.takeProfit, "TP_HIT");
      }
    }
  }

  /** The price at which a position would close now. */
  exitOf({ symbol, direction }: ChaoticPosition): number {
    const bid = this.bids.get(symbol) ?? NaN;
    return direction === "BUY" ? bid : bid + 0.0001;
  }

  /** A position is gone; v2.06H says so, when it does not forget. */
  close(position: ChaoticPosition, at: number, reason: "SL_HIT" | "TP_HIT" | "MANUAL"): void {
    this.positions.delete(position.ticket);
    const move = position.direction === "BUY" ? at - position.opened : position.opened - at;
    const profit = move * position.lots * 100_000 - 7 * position.lots;
    this.balance += profit;
    if (!this.listsPositions || this.chance(8)) return;
    this.outbox.push(makePositionClosed({
      ticket: position.ticket,
      fireId: position.fireId,
      closePrice: price(at),
      reason,
      profit: money(profit),
    }));
  }

  /** Margin bound by its positions, at 1:500. */
  get margin(): number {
    return [...this.positions.values()].reduce(
      (sum, each) => sum + each.lots * 100_000 * each.opened / 500,
      0,
    );
  }

  /** The account as a message carries it; v2.06H does not tell the margin. */
  report(): AccountReport {
    const floating = [...this.positions.values()].reduce((sum, each) => {
      const exit = this.exitOf(each);
      return sum + (each.direction === "BUY" ? exit - each.opened : each.opened - exit) * each.lots * 100_000;
    }, 0);
    const round = (value: number) => money(Math.round(value * 100) / 100);
    const equity = this.balance + floating;
    const margin = this.margin;
    return makeReport({
      balance: round(this.balance),
      equity: round(equity),
      margin: this.listsPositions ? null : round(margin),
      freeMargin: this.listsPositions ? null : round(equity - margin),
    });
  }

  /** Its positions as a v2.06H heartbeat lists them. */
  listed(): readonly ReportedPosition[] | null {
    if (!this.listsPositions) return null;
    return [...this.positions.values()].map((each) => ({
      ticket: each.ticket,
      fireId: each.fireId,
      brokerSymbol: `${each.symbol}.r`,
      direction: each.direction,
      lots: lots(each.lots),
      openPrice: price(each.opened),
      profit: null,
    }));
  }

  #fire(command: Extract<Command, { kind: "fire" }>): void {
    this.executed.set(command.fireId, (this.executed.get(command.fireId) ?? 0) + 1);
    const answer = { fireId: command.fireId, nodeId: this.nodeId, lots: command.lots };
    const failed = { ...answer, status: "failed" as const, ticket: 0, price: 0 };
    if (this.chance(8)) {
      return this.#answer(makeConfirmation({ ...failed, retcode: 10016, message: "Result: 10016" }));
    }
    const symbol = command.brokerSymbol.replace(".r", "");
    const bid = this.bids.get(symbol) ?? NaN;
    const ticket = ++this.#tickets;
    const opened = command.direction === "BUY" ? bid + 0.0001 : bid;
    this.positions.set(ticket, {
      ticket,
      fireId: command.fireId,
      symbol,
      direction: command.direction,
      lots: command.lots,
      opened,
      stopLoss: command.stopLoss,
      takeProfit: command.takeProfit,
    });
    if (this.chance(10)) return;
    if (this.chance(10)) {
      return this.#answer(makeConfirmation({ ...failed, retcode: 10012, message: "Result: 10012" }));
    }
    if (this.chance(10)) return this.#answer(makeConfirmation({ ...answer, ticket: 0, price: opened }));
    this.#answer(makeConfirmation({ ...answer, ticket, price: opened }));
  }

  #closeTicket(ticket: number): void {
    const position = this.positions.get(ticket);
    if (position === undefined) {
      return this.#answer(
        makeCloseConfirmation({ ticket, status: "failed", message: "Error: 4753 position not found" }),
      );
    }
    this.close(position, this.exitOf(position), "MANUAL");
    this.#answer(makeCloseConfirmation({ ticket, nodeId: this.nodeId }));
  }

  #answer(confirmation: Confirmation): void {
    const full = { ...confirmation, account: this.report() } as Confirmation;
    this.outbox.push(full);
    if (this.chance(6)) this.outbox.push(full);
  }
}

/** Symbols the chaos trades: all of them quoted in USD, five digits. */
export const CHAOS_SYMBOLS = ["EURUSD", "GBPUSD", "AUDUSD", "NZDUSD"].filter((name) =>
  specOf(symbolName(name))?.pipSize === 0.0001
);

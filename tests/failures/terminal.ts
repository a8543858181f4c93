/**
 * A terminal in a test's hand: it speaks the bytes of v2.05 or v2.06H, and answers only what it is told to answer.
 *
 * @module
 */
import { type Account, accountOf, type Position, profitOf } from "../../scripts/sim/account.ts";
import * as answers from "../../scripts/sim/ea_answers.ts";
import * as say from "../../scripts/sim/ea_messages.ts";
import type { ClosingReason } from "../../scripts/sim/paper_broker.ts";
import type { MarketTick } from "../../scripts/sim/prices.ts";
import type { EaVariant, Writer } from "../../scripts/sim/writer.ts";
import { type EaCommand, readAsEa } from "../kit/ea_parser.ts";
import type { FakeHouse } from "../kit/house.ts";
import type { FakePeers } from "../kit/fake_zmq.ts";

/** Which terminal. */
export interface TerminalOptions {
  readonly uuid: string;
  /** Login of its account; its node is named after it. */
  readonly login?: number;
  readonly variant?: EaVariant;
  readonly balance?: number;
  readonly currency?: string;
  readonly leverage?: number;
  /** Canonical name of the symbol whose ticks make it read. */
  readonly chart?: string;
  /** Identity of its socket; default its uuid without the last character, as v2.05 announces it. */
  readonly identity?: string;
}

/** Broker time is UTC+3. */
const ZONE_MS = 3 * 3_600_000;
const SUFFIX = ".r";
const HEARTBEAT_SECONDS = 30;
const FIRST_TICKET = 7_001;

/** One terminal. By itself it quotes every second and beats every 30; everything else a test makes it do. */
export class Terminal {
  /** What came on 5555, frame by frame. */
  readonly told: string[] = [];
  /** Last quotes by canonical symbol. */
  readonly quotes = new Map<string, MarketTick>();
  /** Symbols that do not tick. */
  readonly still = new Set<string>();
  /** Open positions at its broker. */
  readonly positions: Position[] = [];
  /** What becomes of each text on its way out. */
  edit: (text: string) => string = (text) => text;
  /** It says no heartbeat by itself. */
  mute = false;
  /** It says nothing at all by itself. */
  gone = false;
  balance: number;
  /** Its session. */
  readonly node: string;
  readonly #how: TerminalOptions;
  readonly #nowMs: () => number;
  readonly #dealer: ReturnType<FakePeers["dealer"]>;
  readonly #telemetry: ReturnType<FakePeers["push"]>;
  readonly #confirm: ReturnType<FakePeers["push"]>;
  #tickets = FIRST_TICKET;
  #seconds = 0;

  constructor(how: TerminalOptions, peers: FakePeers, ports: FakeHouse["ports"], nowMs: () => number) {
    const { uuid, identity = uuid.slice(0, -1) } = how;
    const at = (port: number) => ({ connect: `tcp://127.0.0.1:${port}` });
    this.#how = how;
    this.#nowMs = nowMs;
    this.balance = how.balance ?? 10_000;
    this.node = `NODE_${how.login ?? 1_000_001}_${nowMs() % 2 ** 32}`;
    this.#dealer = peers.dealer({ ...at(ports.command), identity });
    this.#telemetry = peers.push(at(ports.telemetry));
    this.#confirm = peers.push(at(ports.confirm));
    this.#dealer.start((batch) => this.told.push(...batch.map(([frame]) => new TextDecoder().decode(frame))));
    this.price("EURUSD", 1.0999, 1.1);
  }

  /** Commands as v2.05 reads them. */
  get commands(): readonly EaCommand[] {
    return this.told.map((text) => readAsEa(new TextEncoder().encode(text)));
  }

  /** The fire commands alone. */
  get fires(): readonly EaCommand[] {
    return this.commands.filter(({ type }) => type === "fire");
  }

  /** The account as its positions stand. */
  get account(): Account {
    return accountOf(this.balance, this.positions, this.#terms);
  }

  /** Quotes a symbol so from now on. */
  price(symbol: string, bid: number, ask: number): void {
    this.quotes.set(symbol, { symbol, bid, ask, atMs: this.#nowMs() });
  }

  /** HELLO and handshake of a new start. */
  async introduce(): Promise<void> {
    await this.say(say.hello(this.#writer, this.#moment));
    await this.#push(say.handshake(this.#writer, this.#moment));
  }

  /** HEARTBEAT on 5555. */
  async beat(): Promise<void> {
    await this.say(this.#heartbeat());
  }

  /** `heartbeat` on 5556. */
  async telemetry(): Promise<void> {
    await this.#push(say.telemetry(this.#writer, this.#moment));
  }

  /** One TICK of a symbol. */
  async tick(symbol: string): Promise<void> {
    const quote = this.quotes.get(symbol)!;
    await this.#push(say.tickMessage(this.#writer, symbol + SUFFIX, quote, this.#brokerMs));
  }

  /** What it does by itself when so many seconds have passed. */
  async live(seconds: number): Promise<void> {
    if (this.gone) return;
    for (const symbol of this.quotes.keys()) if (!this.still.has(symbol)) await this.tick(symbol);
    const before = this.#seconds;
    this.#seconds += seconds;
    const due = Math.floor(before / HEARTBEAT_SECONDS) < Math.floor(this.#seconds / HEARTBEAT_SECONDS);
    if (due && !this.mute) await this.beat();
  }

  /** Executes a fire at the live quote; answers the confirmation that says so, not yet sent. */
  fill(command: EaCommand = this.fires.at(-1)!): string {
    const { symbol, direction, lot, stopLoss, takeProfit, fireId } = command;
    const name = symbol.slice(0, -SUFFIX.length);
    const quote = this.quotes.get(name)!;
    const position: Position = {
      ticket: this.#tickets++,
      symbol: name,
      direction,
      lots: lot,
      openPrice: direction === "BUY" ? quote.ask : quote.bid,
      stopLoss,
      takeProfit,
      comment: fireId,
      openedAtMs: this.#nowMs(),
    };
    this.positions.push(position);
    return this.#confirmation(command, {
      status: "success",
      ticket: position.ticket,
      price: position.openPrice,
      message: "ok",
    });
  }

  /** The confirmation that a fire was refused by its broker. */
  refusal(message: string, command: EaCommand = this.fires.at(-1)!): string {
    return this.#confirmation(command, { status: "failed", ticket: 0, price: 0, message });
  }

  /** Closes a position at its broker; answers what v2.06H says of it, not yet sent. v2.05 says nothing. */
  close(ticket: number, at: number, reason: ClosingReason): string {
    const index = this.positions.findIndex((each) => each.ticket === ticket);
    const [position] = this.positions.splice(index, 1);
    const profit = profitOf(position!, at, this.#terms);
    this.balance += profit;
    const closing = { position: position!, price: at, reason, profit, atMs: this.#nowMs() };
    return answers.positionClosed(this.#writer, position!.symbol + SUFFIX, closing);
  }

  /** The answer to close_ticket or close_all, which bears no fire_id. */
  closed(
    type: "close_ticket" | "close_all",
    status: "success" | "failed",
    ticket: number,
    message = "ok",
  ): string {
    const answer = { status, ticket, price: 0, lots: 0.01, message };
    return answers.closeConfirmation(this.#writer, this.#moment, type, answer);
  }

  /** Says something on 5555. */
  async say(text: string): Promise<void> {
    await this.#dealer.send([this.edit(text)]);
  }

  /** Says something on 5558. */
  async confirm(text: string): Promise<void> {
    await this.#confirm.send([this.edit(text)]);
  }

  get #writer(): Writer {
    const { uuid, login = 1_000_001, variant = "v2.05", currency = "USD", leverage = 500, chart = "EURUSD" } =
      this.#how;
    return {
      uuid,
      nodeId: this.node,
      account: login,
      server: "Demo-Server",
      company: "Demo Ltd",
      currency,
      leverage,
      version: variant === "v2.05" ? "2.05" : "2.06H",
      symbols: [...this.quotes.keys()].map((symbol) => symbol + SUFFIX),
      chartSymbol: chart + SUFFIX,
    };
  }

  get #terms() {
    const { currency = "USD", leverage = 500 } = this.#how;
    return { currency, leverage, quotes: this.quotes };
  }

  get #brokerMs(): number {
    return this.#nowMs() + ZONE_MS;
  }

  get #moment() {
    return { account: this.account, brokerMs: this.#brokerMs, ticksProcessed: this.#seconds };
  }

  #heartbeat(): string {
    if (this.#how.variant !== "v2.06H") return say.heartbeat(this.#writer, this.#moment);
    const open = this.positions.map((position) => ({
      position,
      brokerSymbol: position.symbol + SUFFIX,
      currentPrice: this.quotes.get(position.symbol)!.bid,
      profit: profitOf(position, null, this.#terms),
    }));
    return say.heartbeatWithPositions(this.#writer, this.#moment, open);
  }

  #confirmation(command: EaCommand, answer: Omit<answers.Answer, "lots">): string {
    const told = { lots: command.lot, ...answer };
    return answers.confirmation(this.#writer, this.#moment, "fire", command.fireId, told);
  }

  async #push(text: string): Promise<void> {
    await this.#telemetry.send([this.edit(text)]);
  }
}

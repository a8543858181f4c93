/**
 * What a user's autofire actor hears: it alone reserves for its user.
 *
 * @module
 */
import type { StoredEvent } from "./events.ts";
import type { Fire } from "./fire.ts";
import type { Refusal } from "./gates.ts";
import type { Reply } from "./ports.ts";
import type { PatternName, Session } from "./signal.ts";
import type { EaId, MissionId } from "./units.ts";
import type { User } from "./user.ts";

/** The limits of every user's gates; null switches a limit off by configuration. */
export interface AutofireSettings {
  /** Patterns whose signals nobody fires. */
  readonly disabledPatterns: readonly PatternName[];
  /** Inclusive bands that stand before the user's own. */
  readonly confidenceByPattern: Readonly<Partial<Record<PatternName, readonly [number, number]>>>;
  /** Age limit of a signal for auto-fire, ms. */
  readonly signalMaxAgeMs: number;
  /** How long a mission may be fired by hand, ms from its signal. */
  readonly missionLifeMs: number;
  /** EA_STALE: age limit of the last heartbeat, ms. */
  readonly heartbeatMaxAgeMs: number;
  /** PRICE_STALE: age limit of the EA's own quote, ms. */
  readonly quoteMaxAgeMs: number;
  /** A command leaves only while the EA's chart symbol ticked within this time, ms. */
  readonly chartTickMaxAgeMs: number;
  /** Silence after a command, chart ticks flowing, after which nobody knows, ms. */
  readonly answerMaxMs: number;
  /** RATE_UNKNOWN: age limit of each leg of a conversion, ms. */
  readonly rateMaxAgeMs: number;
  /** SPREAD_TOO_WIDE: share of the stop distance. */
  readonly spreadFractionMax: number;
  /** PRICE_RAN_AWAY: share of the stop distance. */
  readonly driftFractionMax: number;
  /** No fire this long before the chart's or the symbol's market closes, ms. */
  readonly quietBeforeCloseMs: number;
  /** Net risk per currency, percent of equity. */
  readonly currencyExposurePercentMax: number;
  /** Realised and floating loss since 17:00 New York, percent of equity. */
  readonly dailyLossPercentMax: number | null;
  /** `prop`: the daily loss assumes that every open stop is hit. */
  readonly profile: "standard" | "prop";
  /** From the highest balance the house has seen to the equity now, percent. */
  readonly drawdownPercentMax: number | null;
  /** So many losses in a row pause the user so long. */
  readonly lossStreak: { readonly losses: number; readonly cooldownMs: number } | null;
  /** NEWS_WINDOW: ms before and after an event. */
  readonly newsWindowMs: number | null;
  /** Sessions in which signals are fired; null: all. */
  readonly sessions: readonly Session[] | null;
  /** Counted on top of the distance to the stop, pips. */
  readonly slippagePips: number;
  /** Round turn, USD per lot. */
  readonly commissionUsd: number;
  /** Percent of the balance that stays free margin with every open stop hit. */
  readonly freeMarginPercentMin: number;
  /** Metals bind margin at this leverage at most. */
  readonly metalLeverageMax: number;
  /** Units of account outside ISO 4217: `{ USC: { currency: "USD", worth: 0.01 } }`. */
  readonly currencyUnits: Readonly<Record<string, { readonly currency: string; readonly worth: number }>>;
}

/** The limits as they stand when nothing is configured; the sources are the design's pages on gates and sizing. */
export const AUTOFIRE_DEFAULTS: AutofireSettings = {
  disabledPatterns: [],
  confidenceByPattern: {},
  signalMaxAgeMs: 60_000,
  missionLifeMs: 900_000,
  heartbeatMaxAgeMs: 75_000,
  quoteMaxAgeMs: 30_000,
  chartTickMaxAgeMs: 5_000,
  answerMaxMs: 20_000,
  rateMaxAgeMs: 60_000,
  spreadFractionMax: 0.25,
  driftFractionMax: 0.2,
  quietBeforeCloseMs: 1_800_000,
  currencyExposurePercentMax: 25,
  dailyLossPercentMax: 20,
  profile: "standard",
  drawdownPercentMax: null,
  lossStreak: null,
  newsWindowMs: 900_000,
  sessions: null,
  slippagePips: 1,
  commissionUsd: 7,
  freeMarginPercentMin: 20,
  metalLeverageMax: 100,
  currencyUnits: {},
};

/** An announced event that moves its currency. */
export interface NewsEvent {
  /** ISO 4217. */
  readonly currency: string;
  /** UTC ms. */
  readonly atMs: number;
  readonly title: string;
}

/** The answer to a fire by hand. */
export type FireAnswer =
  | { readonly ok: true; readonly fire: Fire }
  | { readonly ok: false; readonly refusal: Refusal };

/** What an autofire actor hears. */
export type AutofireMessage =
  /** `signalRaised` events from the bus. */
  | { readonly kind: "events"; readonly batch: readonly StoredEvent[] }
  /** From a slot actor, after the change is on disk. */
  | { readonly kind: "fireChanged"; readonly fire: Fire }
  | { readonly kind: "manualFire"; readonly missionId: MissionId; readonly reply: Reply<FireAnswer> }
  | { readonly kind: "userChanged"; readonly user: User; readonly reply: Reply<void> }
  | { readonly kind: "easChanged"; readonly eaIds: readonly EaId[] }
  | { readonly kind: "haltChanged"; readonly halted: boolean }
  /** To itself: missions past their time become `EXPIRED`. */
  | { readonly kind: "sweep" }
  | { readonly kind: "view"; readonly reply: Reply<AutofireView> };

/** What an autofire actor shows of itself. */
export interface AutofireView {
  readonly user: User;
  readonly eaIds: readonly EaId[];
  readonly openFires: readonly Fire[];
  /** "4/10": slots taken of slots allowed. */
  readonly slots: string;
}

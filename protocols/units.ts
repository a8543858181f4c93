/**
 * The units of the house: numbers and ids that cost money when swapped carry a brand.
 *
 * A brand exists only for the type checker; at run time a `Price` is a plain number.
 *
 * @module
 */

declare const brand: unique symbol;

/** A `T` that cannot be mistaken for another `T` of a different brand. */
export type Branded<T, B extends string> = T & { readonly [brand]: B };

/** A price in the symbol's quote currency, finite and positive. */
export type Price = Branded<number, "Price">;
/** A distance in the trader's unit (0.0001 EURUSD, 0.01 USDJPY, 0.1 XAUUSD); may be negative. */
export type Pips = Branded<number, "Pips">;
/** A distance in 10^−digits of the symbol; the unit of MT5's `spread`. */
export type Points = Branded<number, "Points">;
/** Trade volume in lots, on the symbol's volume step. */
export type Lots = Branded<number, "Lots">;
/** An amount in an account's currency; may be negative. */
export type Money = Branded<number, "Money">;
/** 0 to 100, rounded to 0.1 when a signal is made. */
export type Confidence = Branded<number, "Confidence">;

/** Canonical symbol name, upper case, without the broker's prefix or suffix: `EURUSD`. */
export type SymbolName = Branded<string, "SymbolName">;
/** `ELITE_<RAPID|SNIPER>_<PATTERN>_<SYMBOL>_<epoch s>`. */
export type SignalId = Branded<string, "SignalId">;
/** `<signal id>_USER_<user id>`. */
export type MissionId = Branded<string, "MissionId">;
/** At most 31 ASCII characters: it becomes the order's comment in MT5. */
export type FireId = Branded<string, "FireId">;
/** The EA's uuid as its JSON says it (never the socket identity, which v2.05 cuts short). */
export type EaId = Branded<string, "EaId">;
/** A user of the house. */
export type UserId = Branded<string, "UserId">;

/** `BUY` opens at ask and exits on bid; `SELL` opens at bid and exits on ask. */
export type Direction = "BUY" | "SELL";

/** Names a number a price. */
export const price = (value: number): Price => value as Price;
/** Names a number a distance in pips. */
export const pips = (value: number): Pips => value as Pips;
/** Names a number a distance in points. */
export const points = (value: number): Points => value as Points;
/** Names a number a volume in lots. */
export const lots = (value: number): Lots => value as Lots;
/** Names a number an amount of money. */
export const money = (value: number): Money => value as Money;
/** Names a number a confidence. */
export const confidence = (value: number): Confidence => value as Confidence;
/** Names a string a canonical symbol. */
export const symbolName = (value: string): SymbolName => value as SymbolName;
/** Names a string a signal id. */
export const signalId = (value: string): SignalId => value as SignalId;
/** Names a string a mission id. */
export const missionId = (value: string): MissionId => value as MissionId;
/** Names a string a fire id. */
export const fireId = (value: string): FireId => value as FireId;
/** Names a string an EA's uuid. */
export const eaId = (value: string): EaId => value as EaId;
/** Names a string a user id. */
export const userId = (value: string): UserId => value as UserId;

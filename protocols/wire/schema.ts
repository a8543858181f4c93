/**
 * The shapes of generation 2's fields, and how a checked value is read.
 *
 * Numbers come quoted or not, texts come as numbers, and what is optional may be null. A message's reader first
 * gathers the alternative names into one candidate, then checks it against a compiled shape; what passed is
 * finite, bounded and safe to send back.
 *
 * @module
 */
import { type Static, type TOptional, type TSchema, type TUnion, Type } from "@sinclair/typebox";
import { type TypeCheck, TypeCompiler, type ValueError } from "@sinclair/typebox/compiler";
import type { AccountReport, WireFault } from "../wire.ts";
import { type Direction, type EaId, eaId, money } from "../units.ts";
import { faultOf, show, type WireObject } from "./text.ts";
import { brokerTimeMs, TIME_MAX_MS, TIME_MIN_MS } from "./time.ts";

const TEXT_LENGTH = 200;
const ID_PATTERN = "^[ !#-\\[\\]-~]{1,64}$";

/** Reads one kind of message: the message, or the fault of its first field that does not fit. */
export type Reader<T> = (object: WireObject, eaId: EaId) => T | WireFault;
/** Readers by the lower-case `type` of the message. */
export type Readers<T> = ReadonlyMap<string, Reader<T>>;

/** Finite, quoted or not. */
export const NumberField = Type.Union([
  Type.Number(),
  Type.String({ pattern: "^-?\\d{1,15}(\\.\\d{1,15})?$" }),
]);
/** Finite and greater than 0, quoted or not. */
export const PriceField = Type.Union([
  Type.Number({ exclusiveMinimum: 0 }),
  Type.String({ pattern: "^(?=.*[1-9])\\d{1,15}(\\.\\d{1,15})?$" }),
]);
/** Finite and at least 0, quoted or not. */
export const AmountField = Type.Union([
  Type.Number({ minimum: 0 }),
  Type.String({ pattern: "^\\d{1,15}(\\.\\d{1,15})?$" }),
]);
/** A whole number from 0 up that a double holds exactly, quoted or not. */
export const CountField = Type.Union([
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  Type.String({ pattern: "^\\d{1,15}$" }),
]);
/** Free text; a number will do. */
export const TextField = Type.Union([Type.String(), Type.Number()]);
/** A symbol's name as in MarketWatch: printable ASCII without quote and backslash, or it could not be commanded. */
export const SymbolField = Type.String({ pattern: "^[ !#-\\[\\]-~]{1,31}$" });
/** An id that we may have to send back: printable ASCII without quote and backslash. */
export const IdField = Type.String({ pattern: ID_PATTERN });
/** BUY or SELL in any case. */
export const DirectionField = Type.String({ pattern: "^([Bb][Uu][Yy]|[Ss][Ee][Ll][Ll])$" });
/** Broker time: `YYYY.MM.DD HH:MM:SS`, or epoch seconds, quoted or not; `brokerTimeMs` checks the rest. */
export const TimeField = Type.Union([
  Type.String({ pattern: "^\\d{4}[.-]\\d\\d[.-]\\d\\d \\d\\d:\\d\\d:\\d\\d$" }),
  Type.Number(),
  Type.String({ pattern: "^\\d{1,10}$" }),
]);

/** The field may be absent or null. */
export function optional<S extends TSchema>(schema: S): TOptional<TUnion<[S, ReturnType<typeof Type.Null>]>> {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

const AccountShape = Type.Object({
  balance: NumberField,
  equity: NumberField,
  margin: optional(NumberField),
  freeMargin: optional(NumberField),
  currency: optional(TextField),
  leverage: optional(NumberField),
});

/** The account part of a candidate; see {@link accountOf}. */
export const AccountField = optional(AccountShape);

/** Makes the compiled check of a candidate. */
export function compile<S extends TSchema>(schema: S): TypeCheck<S> {
  return TypeCompiler.Compile(schema);
}

/** Reads a checked broker time; a fault outside the years 2000 to 2100. */
export function readTime(value: string | number): number | WireFault {
  const atMs = brokerTimeMs(value);
  return atMs >= TIME_MIN_MS && atMs <= TIME_MAX_MS ? atMs : badField("timestamp", value);
}

/** Names the first field of a candidate that does not fit its shape. */
export function misfit(shape: TypeCheck<TSchema>, candidate: unknown): WireFault {
  const error = innermost(shape.Errors(candidate).First());
  return badField(error?.path.slice(1).replaceAll("/", ".") ?? "", error?.value);
}

/** An optional object is a union, whose own error says only that no branch fits: its first branch knows the field. */
function innermost(error: ValueError | undefined): ValueError | undefined {
  const inner = error?.errors[0]?.First();
  return inner !== undefined && inner.path !== error?.path ? innermost(inner) : error;
}

/** Faults one field. */
export function badField(name: string, value: unknown): WireFault {
  return faultOf("bad_field", show(name, value));
}

/** The EA's uuid under any of its three names; the fault when it is absent, empty or unsafe. */
export function uuidOf(object: WireObject): EaId | WireFault {
  const uuid = present(object.target_uuid) ?? present(object.user_uuid) ?? present(object.uuid);
  if (uuid === undefined) return faultOf("missing_uuid", show("type", object.type));
  return typeof uuid === "string" && UUID.test(uuid) ? eaId(uuid) : badField("target_uuid", uuid);
}

const UUID = new RegExp(ID_PATTERN);

/** The value, or undefined when it is null or an empty string. */
export function present(value: unknown): unknown {
  return value === null || value === "" ? undefined : value;
}

/** Gathers the account part of a message, or undefined when balance or equity is not said. */
export function accountOf(object: WireObject): unknown {
  const balance = object.balance ?? object.account_balance;
  const equity = object.equity ?? object.account_equity;
  if (present(balance) === undefined || present(equity) === undefined) return undefined;
  const { margin, currency, leverage } = object;
  return { balance, equity, margin, freeMargin: object.free_margin, currency, leverage };
}

/** The account part of a checked candidate in house terms. */
export function readAccount(account: Static<typeof AccountField> | undefined): AccountReport | null {
  if (account === undefined || account === null) return null;
  return {
    balance: money(Number(account.balance)),
    equity: money(Number(account.equity)),
    margin: numberOr(account.margin, money),
    freeMargin: numberOr(account.freeMargin, money),
    currency: readText(account.currency),
    leverage: numberOr(account.leverage, (leverage) => leverage > 0 ? leverage : null),
  };
}

/** A checked number named by `brand`, or null when it is absent. */
export function numberOr<T>(
  value: string | number | null | undefined,
  brand: (value: number) => T,
): T | null {
  return value === undefined || value === null ? null : brand(Number(value));
}

/** A checked text cut to 200 characters, or null when it is absent or empty. */
export function readText(value: string | number | null | undefined): string | null {
  return value === undefined || value === null || value === "" ? null : String(value).slice(0, TEXT_LENGTH);
}

/** A checked direction. */
export function readDirection(value: string): Direction {
  return value.length === 3 ? "BUY" : "SELL";
}

/**
 * Tables: which field of the house stands in which column; the seed's names where the seed has one.
 *
 * @module
 */
import type { Outcome } from "../../protocols/outcome.ts";
import type { SignalRecord, TableName, Tables } from "../../protocols/store.ts";
import { type Fields, flag, integer, json, nested, real, RowError, text, time } from "./column.ts";

/** One SQL table that takes part in a row. */
export interface Target<Row> {
  readonly table: string;
  /** The fields written into it, the key among them. */
  readonly fields: readonly (keyof Row & string)[];
}

/** How the rows of one `Tables` entry lie in the database. */
export interface TableMap<Row> {
  /** The table or view that rows are read from. */
  readonly source: string;
  /** Where rows are written; removing from the first removes from the others (foreign key). */
  readonly targets: readonly Target<Row>[];
  readonly key: readonly (keyof Row & string)[];
  readonly fields: Fields<Row>;
  /** @throws {RowError} when the row contradicts itself */
  readonly check?: (row: Row) => void;
  /** Puts back what is not stored twice. */
  readonly mend?: (row: Row) => Row;
}

/** Every table's map. */
export const TABLE_MAPS: { readonly [T in TableName]: TableMap<Tables[T]> } = {
  signals: {
    ...whole("signals", ["id"], {
      id: text("signal_id"),
      symbol: text("symbol"),
      direction: text("direction"),
      pattern: text("pattern_type"),
      signalClass: text("signal_class"),
      confidence: real("confidence"),
      parts: json("parts_json"),
      verdicts: json("verdicts_json"),
      entry: real("entry_price"),
      stopLoss: real("sl"),
      takeProfit: real("tp"),
      stopPips: real("stop_pips"),
      targetPips: real("target_pips"),
      riskReward: real("risk_reward"),
      atr: real("atr"),
      spreadPips: real("spread_pips"),
      session: text("session"),
      structureId: text("structure_id"),
      signaledAtMs: time("created_at"),
      candleOpenedAtMs: time("candle_opened_at"),
      feed: text("feed"),
      shadow: flag("shadow"),
      shadowReason: text("shadow_reason"),
      // The outcome's signal id is the row's own key: it is put back by `mend`.
      outcome: nested<Omit<Outcome, "signalId">>({
        result: text("outcome"),
        exitPrice: real("exit_price"),
        pips: real("pips_result"),
        r: real("achieved_r"),
        mfePips: real("max_favorable_excursion"),
        maePips: real("max_adverse_excursion"),
        resolvedAtMs: time("resolution_time"),
        durationMs: time("tracking_duration"),
        gap: flag("gap"),
        feedChanged: flag("feed_changed"),
      }) as Fields<SignalRecord>["outcome"],
    }),
    check: checkOutcome,
    mend: (row) => row.outcome === null ? row : { ...row, outcome: { ...row.outcome, signalId: row.id } },
  },
  missions: whole("missions", ["id"], {
    id: text("mission_id"),
    signalId: text("signal_id"),
    userId: text("user_id"),
    status: text("status"),
    offeredAtMs: time("created_at"),
    expiresAtMs: time("expires_at"),
  }),
  fires: whole("fires", ["id"], {
    id: text("fire_id"),
    missionId: text("mission_id"),
    signalId: text("signal_id"),
    userId: text("user_id"),
    eaId: text("target_uuid"),
    origin: text("origin"),
    symbol: text("symbol"),
    brokerSymbol: text("broker_symbol"),
    direction: text("direction"),
    lots: real("lots"),
    entry: real("entry_price"),
    stopLoss: real("sl"),
    takeProfit: real("tp"),
    riskMoney: real("risk_money"),
    riskPercent: real("risk_pct_used"),
    marginMoney: real("margin_money"),
    status: text("status"),
    code: text("code"),
    retcode: integer("retcode"),
    note: text("note"),
    ticket: integer("ticket"),
    fillPrice: real("price"),
    filledLots: real("filled_lots"),
    closePrice: real("close_price"),
    closeReason: text("close_reason"),
    profit: real("pnl"),
    requestedAtMs: time("created_at"),
    expiresAtMs: time("expires_at"),
    sentAtMs: time("sent_at"),
    filledAtMs: time("filled_at"),
    closedAtMs: time("closed_at"),
    preSendMargin: real("pre_send_margin"),
    preSendBalance: real("pre_send_balance"),
    sentToNodeId: text("sent_to_node_id"),
  }),
  users: {
    source: "user_profiles",
    targets: [
      { table: "users", fields: ["id", "tier", "halted", "createdAtMs", "updatedAtMs"] },
      {
        table: "user_fire_modes",
        fields: [
          "id",
          "mode",
          "confidenceMin",
          "confidenceMax",
          "maxAutoSlots",
          "riskPercent",
          "openRiskPercentMax",
          "createdAtMs",
          "updatedAtMs",
        ],
      },
    ],
    key: ["id"],
    fields: {
      id: text("user_id"),
      tier: text("tier"),
      mode: text("current_mode"),
      confidenceMin: real("confidence_min"),
      confidenceMax: real("confidence_max"),
      maxAutoSlots: integer("max_auto_slots"),
      riskPercent: real("risk_percent"),
      openRiskPercentMax: real("open_risk_percent_max"),
      halted: flag("halted"),
      createdAtMs: time("created_at"),
      updatedAtMs: time("updated_at"),
    },
  },
  ea_instances: whole("ea_instances", ["id"], {
    id: text("target_uuid"),
    userId: text("user_id"),
    accountLogin: text("account_login"),
    accountMode: text("account_mode"),
    broker: text("broker"),
    version: text("version"),
    currency: text("currency"),
    leverage: real("leverage"),
    balance: real("last_balance"),
    equity: real("last_equity"),
    margin: real("last_margin"),
    freeMargin: real("last_free_margin"),
    nodeId: text("node_id"),
    chartSymbol: text("chart_symbol"),
    autotrading: flag("autotrading"),
    lastSeenAtMs: time("last_seen"),
    createdAtMs: time("created_at"),
    slotsMax: integer("slots_max"),
  }),
  decisions: whole("decisions", ["signalId", "userId"], {
    signalId: text("signal_id"),
    userId: text("user_id"),
    code: text("code"),
    reason: text("reason"),
    decidedAtMs: time("decided_at"),
  }),
  confirmations: whole("confirmations", ["id"], {
    id: text("confirmation_id"),
    eaId: text("target_uuid"),
    fireId: text("fire_id"),
    receivedAtMs: time("received_at"),
    confirmation: json("confirmation_json"),
    appliedAtMs: time("applied_at"),
    quarantined: flag("quarantined"),
  }),
  candles: whole("candles", ["symbol", "timeframe", "openedAtMs"], {
    symbol: text("symbol"),
    timeframe: text("timeframe"),
    openedAtMs: time("opened_at"),
    open: real("open"),
    high: real("high"),
    low: real("low"),
    close: real("close"),
    ticks: integer("ticks"),
    spread: real("spread"),
    gapBefore: flag("gap_before"),
  }),
  cursors: whole("cursors", ["name"], { name: text("name"), seq: integer("seq") }),
  alerts: whole("alerts", ["id"], {
    id: text("alert_id"),
    chatId: text("chat_id"),
    text: text("text"),
    status: text("status"),
    attempts: integer("attempts"),
    createdAtMs: time("created_at"),
    sentAtMs: time("sent_at"),
    messageId: integer("message_id"),
    lastError: text("last_error"),
  }),
  conditions: whole("conditions", ["code", "subject"], {
    code: text("code"),
    subject: text("subject"),
    message: text("message"),
    sinceMs: time("since"),
  }),
  settings: whole("settings", ["name"], { name: text("name"), value: json("value_json") }),
};

/** A row that lies whole in one table. */
function whole<Row>(
  table: string,
  key: readonly (keyof Row & string)[],
  fields: Fields<Row>,
): TableMap<Row> {
  return {
    source: table,
    targets: [{ table, fields: Object.keys(fields) as (keyof Row & string)[] }],
    key,
    fields,
  };
}

function checkOutcome(row: SignalRecord): void {
  if (row.outcome === null || row.outcome.signalId === row.id) return;
  throw new RowError(
    `Cannot store signal ${row.id} as its outcome must be its own: current value is ${row.outcome.signalId}`,
  );
}

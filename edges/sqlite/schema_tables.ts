/**
 * Migration 1: the tables of the house, with their indexes.
 *
 * @module
 */

const SIGNALS = `
CREATE TABLE signals (
  signal_id TEXT PRIMARY KEY,
  symbol TEXT NOT NULL,
  direction TEXT NOT NULL,
  pattern_type TEXT NOT NULL,
  signal_class TEXT NOT NULL,
  confidence REAL NOT NULL,
  entry_price REAL NOT NULL,
  sl REAL NOT NULL,
  tp REAL NOT NULL,
  stop_pips REAL NOT NULL,
  target_pips REAL NOT NULL,
  risk_reward REAL NOT NULL,
  atr REAL NOT NULL,
  spread_pips REAL NOT NULL,
  session TEXT NOT NULL,
  structure_id TEXT,
  created_at REAL NOT NULL,
  candle_opened_at REAL NOT NULL,
  feed TEXT NOT NULL,
  shadow INTEGER NOT NULL,
  shadow_reason TEXT,
  outcome TEXT,
  pips_result REAL,
  achieved_r REAL,
  exit_price REAL,
  resolution_time REAL,
  tracking_duration REAL,
  max_favorable_excursion REAL,
  max_adverse_excursion REAL,
  gap INTEGER,
  feed_changed INTEGER,
  parts_json TEXT NOT NULL,
  verdicts_json TEXT NOT NULL,
  payload_json TEXT GENERATED ALWAYS AS (json_object(
    'signal_id', signal_id, 'symbol', symbol, 'direction', direction, 'pattern_type', pattern_type,
    'signal_class', signal_class, 'confidence', confidence, 'entry_price', entry_price, 'sl', sl, 'tp', tp,
    'stop_pips', stop_pips, 'target_pips', target_pips, 'risk_reward', risk_reward, 'session', session,
    'parts', json(parts_json), 'verdicts', json(verdicts_json)
  )) VIRTUAL
) STRICT;
CREATE INDEX signals_by_time ON signals (created_at);
CREATE INDEX signals_by_symbol ON signals (symbol, created_at);
CREATE INDEX signals_by_pattern ON signals (pattern_type, created_at);
CREATE INDEX signals_unresolved ON signals (symbol, created_at) WHERE outcome IS NULL;

CREATE TABLE missions (
  mission_id TEXT PRIMARY KEY,
  signal_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at REAL NOT NULL,
  expires_at REAL NOT NULL
) STRICT;
CREATE INDEX missions_by_signal ON missions (signal_id);
CREATE INDEX missions_by_user ON missions (user_id, created_at);
CREATE INDEX missions_by_expiry ON missions (status, expires_at);

CREATE TABLE decisions (
  signal_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  decided_at REAL NOT NULL,
  PRIMARY KEY (signal_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX decisions_by_user ON decisions (user_id, decided_at);
CREATE INDEX decisions_by_time ON decisions (decided_at);
`;

const FIRES = `
CREATE TABLE fires (
  fire_id TEXT PRIMARY KEY,
  mission_id TEXT NOT NULL,
  signal_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  target_uuid TEXT NOT NULL,
  origin TEXT NOT NULL,
  status TEXT NOT NULL,
  ticket INTEGER,
  price REAL,
  symbol TEXT NOT NULL,
  broker_symbol TEXT NOT NULL,
  direction TEXT NOT NULL,
  lots REAL NOT NULL,
  entry_price REAL NOT NULL,
  sl REAL NOT NULL,
  tp REAL NOT NULL,
  risk_money REAL NOT NULL,
  risk_pct_used REAL NOT NULL,
  margin_money REAL,
  code TEXT,
  retcode INTEGER,
  note TEXT,
  filled_lots REAL,
  close_price REAL,
  close_reason TEXT,
  pnl REAL,
  created_at REAL NOT NULL,
  expires_at REAL NOT NULL,
  sent_at REAL,
  filled_at REAL,
  closed_at REAL,
  pre_send_margin REAL,
  pre_send_balance REAL,
  sent_to_node_id TEXT,
  updated_at REAL GENERATED ALWAYS AS (coalesce(closed_at, filled_at, sent_at, created_at)) VIRTUAL
) STRICT;
CREATE INDEX fires_by_ea ON fires (target_uuid, status);
CREATE INDEX fires_by_user ON fires (user_id, status);
CREATE INDEX fires_by_status ON fires (status);
CREATE INDEX fires_by_signal ON fires (signal_id);
CREATE INDEX fires_by_ticket ON fires (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX fires_by_time ON fires (created_at);

CREATE TABLE confirmations (
  confirmation_id TEXT PRIMARY KEY,
  target_uuid TEXT NOT NULL,
  fire_id TEXT,
  received_at REAL NOT NULL,
  confirmation_json TEXT NOT NULL,
  applied_at REAL,
  quarantined INTEGER NOT NULL
) STRICT;
CREATE INDEX confirmations_unapplied ON confirmations (target_uuid, received_at) WHERE applied_at IS NULL;
CREATE INDEX confirmations_by_ea ON confirmations (target_uuid, received_at);
CREATE INDEX confirmations_by_fire ON confirmations (fire_id) WHERE fire_id IS NOT NULL;
`;

const PEOPLE = `
CREATE TABLE users (
  user_id TEXT PRIMARY KEY,
  tier TEXT NOT NULL,
  halted INTEGER NOT NULL,
  created_at REAL NOT NULL,
  updated_at REAL NOT NULL
) STRICT;

CREATE TABLE user_fire_modes (
  user_id TEXT PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
  current_mode TEXT NOT NULL,
  max_auto_slots INTEGER NOT NULL,
  confidence_min REAL NOT NULL,
  confidence_max REAL NOT NULL,
  risk_percent REAL NOT NULL,
  open_risk_percent_max REAL NOT NULL,
  created_at REAL NOT NULL,
  updated_at REAL NOT NULL
) STRICT;

CREATE VIEW user_profiles AS
SELECT user_id, tier, halted, current_mode, max_auto_slots, confidence_min, confidence_max, risk_percent,
  open_risk_percent_max, users.created_at AS created_at, users.updated_at AS updated_at
FROM users JOIN user_fire_modes USING (user_id);

CREATE TABLE ea_instances (
  target_uuid TEXT PRIMARY KEY,
  user_id TEXT,
  account_login TEXT,
  account_mode TEXT NOT NULL,
  broker TEXT,
  version TEXT,
  currency TEXT,
  leverage REAL,
  last_balance REAL,
  last_equity REAL,
  last_margin REAL,
  last_free_margin REAL,
  node_id TEXT,
  chart_symbol TEXT,
  autotrading INTEGER,
  slots_max INTEGER NOT NULL,
  last_seen REAL NOT NULL,
  created_at REAL NOT NULL,
  updated_at REAL GENERATED ALWAYS AS (last_seen) VIRTUAL
) STRICT;
CREATE INDEX ea_instances_by_user ON ea_instances (user_id);
`;

const JOURNAL = `
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  event_type TEXT NOT NULL,
  timestamp REAL NOT NULL,
  source TEXT NOT NULL,
  correlation_id TEXT,
  user_id TEXT,
  session_id TEXT,
  data_json TEXT NOT NULL,
  created_at REAL GENERATED ALWAYS AS (timestamp) VIRTUAL
) STRICT;
CREATE INDEX events_by_type ON events (event_type, seq);
CREATE INDEX events_by_correlation ON events (correlation_id, seq) WHERE correlation_id IS NOT NULL;
CREATE TRIGGER events_are_final BEFORE UPDATE ON events
BEGIN SELECT raise(ABORT, 'an event is never changed'); END;

CREATE TABLE candles (
  symbol TEXT NOT NULL,
  timeframe TEXT NOT NULL,
  opened_at REAL NOT NULL,
  open REAL NOT NULL,
  high REAL NOT NULL,
  low REAL NOT NULL,
  close REAL NOT NULL,
  ticks INTEGER NOT NULL,
  spread REAL NOT NULL,
  gap_before INTEGER NOT NULL,
  PRIMARY KEY (symbol, timeframe, opened_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE alerts (
  alert_id TEXT PRIMARY KEY,
  chat_id TEXT NOT NULL,
  text TEXT NOT NULL,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  created_at REAL NOT NULL,
  sent_at REAL,
  message_id INTEGER,
  last_error TEXT
) STRICT;
CREATE INDEX alerts_by_status ON alerts (status, created_at);

CREATE TABLE cursors (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE settings (name TEXT PRIMARY KEY, value_json TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE conditions (
  code TEXT NOT NULL,
  subject TEXT NOT NULL,
  message TEXT NOT NULL,
  since REAL NOT NULL,
  PRIMARY KEY (code, subject)
) STRICT, WITHOUT ROWID;
`;

/** The SQL of migration 1. */
export const TABLES_SQL = SIGNALS + FIRES + PEOPLE + JOURNAL;

/**
 * Migration 2: views for whoever asks the database by hand.
 *
 * @module
 */

/** The SQL of migration 2. */
export const VIEWS_SQL = `
CREATE VIEW active_slots AS
SELECT user_id, target_uuid, fire_id AS slot_id, mission_id, symbol, direction, lots, origin AS slot_type,
  status, created_at AS opened_at, ticket
FROM fires WHERE status IN ('reserved', 'sent', 'ambiguous', 'filled')
ORDER BY user_id, created_at;

CREATE VIEW pattern_performance AS
SELECT pattern_type, shadow,
  count(*) AS signals,
  count(*) FILTER (WHERE outcome IN ('WIN', 'LOSS')) AS resolved,
  count(*) FILTER (WHERE outcome = 'WIN') AS wins,
  count(*) FILTER (WHERE outcome = 'LOSS') AS losses,
  count(*) FILTER (WHERE outcome = 'UNKNOWN') AS unknown,
  round(100.0 * count(*) FILTER (WHERE outcome = 'WIN')
    / nullif(count(*) FILTER (WHERE outcome IN ('WIN', 'LOSS')), 0), 1) AS win_rate,
  round(avg(achieved_r) FILTER (WHERE outcome IN ('WIN', 'LOSS')), 3) AS mean_r,
  round(total(pips_result) FILTER (WHERE outcome IN ('WIN', 'LOSS')), 1) AS pips
FROM signals GROUP BY pattern_type, shadow ORDER BY pattern_type, shadow;
`;

/**
 * Known bugs, each as the change that makes it: what the simulation must find.
 *
 * @module
 */

/** One bug. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Text that stands in the file once, and what takes its place. */
  readonly from: string;
  readonly to: string;
}

/** Every bug the simulation has to find. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "a slot is freed on FILLED",
    file: "protocols/fire.ts",
    from: `export const SLOT_HOLDING: readonly FireStatus[] = ["reserved", "sent", "ambiguous", "filled"];`,
    to: `export const SLOT_HOLDING: readonly FireStatus[] = ["reserved", "sent", "ambiguous"];`,
  },
  {
    name: "a confirmation is applied before it is stored",
    file: "actors/gateways/confirm_gateway.ts",
    from: `  else state.waiting.push(recordOf(deps, message));`,
    to: `  else {
    const record = recordOf(deps, message);
    tell(deps, record);
    state.waiting.push(record);
  }`,
  },
  {
    name: "a heartbeat older than the last fire frees it",
    file: "domain/slot/positions.ts",
    from: `  const later = receivedAtMs > (fire.filledAtMs ?? Infinity);
  const count = seen || !later ? 0 : (missing[fire.id] ?? 0) + 1;
  draft.note({ missing: { ...missing, [fire.id]: count } });
  if (count < MISSING_MAX) return;`,
    to: `  const count = seen ? 0 : (missing[fire.id] ?? 0) + 1;
  draft.note({ missing: { ...missing, [fire.id]: count } });
  if (count < 1) return;`,
  },
  {
    name: "a step is believed though the store did not take it",
    file: "actors/slot_effects.ts",
    from: `  if (writes.length > 0 && !await stored(deps, state, writes, context)) return false;`,
    to: `  if (writes.length > 0) await deps.store.commit(writes);`,
  },
  {
    name: "an unanswered fire is sent again",
    file: "domain/slot/doubts.ts",
    from: `    draft.learn(markAmbiguous(fire, note), at.nowMs);
  }
}

/** A new start`,
    to: `    draft.learn(markAmbiguous(fire, note), at.nowMs);
    draft.send({ kind: "fire", ...fire, fireId: fire.id, confidence: 80, note: "" } as never);
  }
}

/** A new start`,
  },
  {
    name: "an unanswered fire is given up",
    file: "domain/slot/doubts.ts",
    from: `    draft.learn(markAmbiguous(fire, note), at.nowMs);
  }
}

/** A new start`,
    to: `    draft.learn(markExpired(fire, note), at.nowMs);
  }
}

/** A new start`,
  },
  {
    name: "one slot too many",
    file: "domain/gates/money.ts",
    from: `!(auto < user.maxAutoSlots)`,
    to: `!(auto <= user.maxAutoSlots)`,
  },
  {
    name: "an alert counts as sent before it is",
    file: "actors/gateways/telegram_gateway.ts",
    from: `  const sending: AlertRecord = { ...alert, status: "SENDING", attempts: alert.attempts + 1 };`,
    to: `  const sending: AlertRecord = { ...alert, status: "SENT", attempts: alert.attempts + 1 };`,
  },
  {
    name: "a repeated alert does not say so",
    file: "actors/gateways/telegram_gateway.ts",
    from: `  const repeated = alert.status === "SENDING";`,
    to: `  const repeated = false;`,
  },
  {
    name: "an outcome is told without a look whether it was",
    file: "actors/outcome.ts",
    from: `    if (row !== undefined && row.outcome !== null) return null;`,
    to: `    if (row === undefined) return null;`,
  },
];

/**
 * Users at the desk: making and changing them, and which EA is whose.
 *
 * @module
 */
import { applyUserChange } from "../domain/desk.ts";
import type { UserChange } from "../protocols/desk.ts";
import type { EaId, UserId } from "../protocols/units.ts";
import type { User } from "../protocols/user.ts";
import {
  ASK_MS,
  type DeskDeps,
  type DeskState,
  NAME,
  noteTrouble,
  persist,
  type Self,
} from "./desk_store.ts";

/** Makes or changes a user and hands him his EAs; an error says what is wrong, and that nothing was changed. */
export async function changeUser(
  deps: DeskDeps,
  state: DeskState,
  change: UserChange,
  by: string,
  context: Self,
): Promise<User | { readonly error: string }> {
  const verdict = applyUserChange(state.users.get(change.id) ?? null, change, deps.clock.nowMs());
  if (!verdict.ok) return { error: verdict.error };
  const { user } = verdict;
  const moves = await movesOf(deps, user.id, change.eaIds);
  const hindrance = await hindranceOf(deps, moves);
  if (hindrance !== null) return { error: hindrance };
  const result = await deps.store.commit([
    { put: "users", row: user },
    { event: { kind: "userChanged", user }, source: NAME, atMs: deps.clock.nowMs() },
  ]);
  if (!result.ok) return { error: `the store did not take it: ${result.message}` };
  state.users.set(user.id, user);
  context.log.info("a user was changed", { user: user.id, by });
  const failed = await move(deps, state, moves, context);
  tellUser(deps, user);
  await tellOwners(deps, state, [user.id, ...moves.map((each) => each.from)]);
  return failed.length === 0
    ? user
    : { error: `the user was stored, but not moved were EAs ${failed.join(", ")}: try again` };
}

/** An EA that changes hands. */
interface Move {
  readonly eaId: EaId;
  readonly from: UserId | null;
  readonly to: UserId | null;
}

/** The list given is the user's whole: what he had and is not in it is nobody's. */
async function movesOf(
  { store }: DeskDeps,
  to: UserId,
  eaIds: readonly EaId[] | undefined,
): Promise<readonly Move[]> {
  if (eaIds === undefined) return [];
  const known = await store.select({ from: "ea_instances" });
  const owners = new Map(known.map((ea) => [ea.id, ea.userId]));
  const given = [...new Set(eaIds)].map((eaId) => ({ eaId, from: owners.get(eaId) ?? null, to }));
  const taken = known.filter((ea) => ea.userId === to && !eaIds.includes(ea.id));
  return [
    ...given.filter((each) => each.from !== to),
    ...taken.map((ea) => ({ eaId: ea.id, from: to, to: null })),
  ];
}

/** An EA with fires open of the one who has it stays his: they count against his limits. */
async function hindranceOf({ store }: DeskDeps, moves: readonly Move[]): Promise<string | null> {
  for (const { eaId, from } of moves) {
    const status = { in: ["reserved", "sent", "ambiguous", "filled"] as const };
    const open = from === null ? [] : await store.select({ from: "fires", where: { eaId, status } });
    if (open.length > 0) return `EA ${eaId} of user ${from} has ${open.length} open fires: close them first`;
  }
  return null;
}

/** The slot actor writes its EA's row: two writers of one row would undo each other. */
async function move(
  deps: DeskDeps,
  state: DeskState,
  moves: readonly Move[],
  context: Self,
): Promise<readonly EaId[]> {
  const failed: EaId[] = [];
  await Promise.all(moves.map(async ({ eaId, to }) => {
    const slot = deps.slots.ensure(eaId, eaId);
    const assigned = slot.ask<void>((reply) => ({ kind: "assign", userId: to, reply }), {
      timeoutMs: ASK_MS,
    });
    await assigned.catch(() => failed.push(eaId));
  }));
  for (const { eaId, to } of moves) {
    if (to === null || failed.includes(eaId)) continue;
    const clear = { kind: "clear", code: "EA_UNASSIGNED", subject: eaId } as const;
    await persist(deps, state, noteTrouble(deps, state, clear), context);
  }
  return failed;
}

function tellUser({ autofires }: DeskDeps, user: User): void {
  autofires.ensure(user.id, user.id).tell({ kind: "userChanged", user, reply: () => {} });
}

async function tellOwners(
  deps: DeskDeps,
  state: DeskState,
  owners: readonly (UserId | null)[],
): Promise<void> {
  const eas = await deps.store.select({ from: "ea_instances" });
  for (const owner of new Set(owners)) {
    if (owner === null || !state.users.has(owner)) continue;
    const eaIds = eas.filter((ea) => ea.userId === owner).map((ea) => ea.id);
    deps.autofires.ensure(owner, owner).tell({ kind: "easChanged", eaIds });
  }
}

/** Every user with his EAs. */
export async function listUsers(
  { store }: DeskDeps,
  { users }: DeskState,
): Promise<readonly { readonly user: User; readonly eaIds: readonly EaId[] }[]> {
  const eas = await store.select({ from: "ea_instances" });
  return [...users.values()].map((user) => ({
    user,
    eaIds: eas.filter((ea) => ea.userId === user.id).map((ea) => ea.id),
  }));
}

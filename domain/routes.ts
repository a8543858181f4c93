/**
 * Routes: which connection on 5555 leads to which EA, and when that cannot be known.
 *
 * A socket identity is a hint, never a proof: v2.05 cuts its last character off, so that two EAs may announce
 * the same one, and anybody may announce anybody's. What counts is the uuid in the JSON and who said it last.
 *
 * @module
 */
import type { DeskMessage } from "../protocols/desk.ts";
import type { EaId } from "../protocols/units.ts";
import { loginOf } from "./node_id.ts";

/** One HELLO or HEARTBEAT, and the connection it came by. */
export interface Announcement {
  readonly eaId: EaId;
  readonly identity: Uint8Array;
  /** New on every EA start; null where the EA does not say. */
  readonly nodeId: string | null;
  readonly accountLogin: string | null;
  /** HELLO: the EA says that it has just started. */
  readonly hello: boolean;
  /** Arrival, market clock. */
  readonly atMs: number;
}

/** A condition to raise or clear. */
export type RouteNotice = Extract<DeskMessage, { kind: "raise" | "clear" }>;

/** Where a command to an EA goes. */
export type Destination =
  | { readonly ok: true; readonly identity: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/** One connection as it is shown. */
export interface ConnectionView {
  readonly eaId: EaId;
  readonly identity: string;
  readonly lastFrameAtMs: number;
}

interface Connection {
  readonly key: string;
  readonly identity: Uint8Array;
  nodeId: string | null;
  login: string | null;
  lastFrameAtMs: number;
}

interface Route {
  readonly eaId: EaId;
  current: Connection;
  /** Connections that this one replaced, newest last. */
  displaced: readonly { readonly connection: Connection; readonly atMs: number }[];
  clashing: boolean;
  /** Why a person has to say which connection is the right one: until then it is sent nothing. */
  contested: string | null;
  reportedAtMs: number;
}

/** An EA heard within this time is alive: two heartbeats of 30 s and some slack. */
const ALIVE_MS = 75_000;
/** A frame of the old connection that comes earlier than this after the change was sent before it, and changes nothing. */
const CROSSING_MS = 5_000;
const REPORT_AGAIN_MS = 60_000;
const DISPLACED_KEPT = 4;

/** The routes of one ROUTER; changes in place. */
export class Routes {
  readonly #byEa = new Map<EaId, Route>();
  readonly #byIdentity = new Map<string, Set<Route>>();

  /** Takes in who said what: the newest connection of an EA is its route from now on. */
  announce(said: Announcement): readonly RouteNotice[] {
    const connection = connectionOf(said);
    const route = this.#byEa.get(said.eaId);
    if (route === undefined) return this.#enter(said.eaId, connection);
    if (isSame(route.current, connection)) return refresh(route.current, connection);
    const before = displacedAs(route, connection);
    if (before !== undefined && said.atMs - before.atMs < CROSSING_MS) return [];
    const takeover = before !== undefined
      ? takenBy(route, connection, "both are alive")
      : takeoverOf(route, connection, said.hello);
    const left = route.current.key;
    const displaced = { connection: route.current, atMs: said.atMs };
    route.displaced = [...route.displaced, displaced].slice(-DISPLACED_KEPT);
    route.current = connection;
    route.contested = takeover ?? route.contested;
    this.#move(route, left, connection.key);
    return [...report(route, takeover), ...this.#compare(left), ...this.#compare(connection.key)];
  }

  /** Where commands to an EA go: nowhere while its identity is shared, or while two claim to be it. */
  to(eaId: EaId): Destination {
    const route = this.#byEa.get(eaId);
    if (route === undefined) {
      return { ok: false, reason: `no connection of ${eaId} is known yet; its next heartbeat names it` };
    }
    if (route.clashing) return { ok: false, reason: clashOf(this.#sharing(route)) };
    if (route.contested !== null) return { ok: false, reason: route.contested };
    return { ok: true, identity: route.current.identity };
  }

  /** A person says that the newest connection of this EA is the right one: others on its identity are forgotten. */
  settle(eaId: EaId): readonly RouteNotice[] {
    const cleared: RouteNotice[] = [clear("IDENTITY_CLASH", eaId), clear("EA_TAKEN_OVER", eaId)];
    const route = this.#byEa.get(eaId);
    if (route === undefined) return cleared;
    Object.assign(route, { displaced: [], clashing: false, contested: null, reportedAtMs: -Infinity });
    const others = this.#sharing(route).filter((other) => other !== route);
    for (const other of others) this.#leave(other);
    return [...cleared, ...others.map((other) => clear("IDENTITY_CLASH", other.eaId))];
  }

  /** Every known connection, in the order the EAs were first heard. */
  list(): readonly ConnectionView[] {
    return [...this.#byEa.values()].map(({ eaId, current }) => ({
      eaId,
      identity: nameOf(current.key),
      lastFrameAtMs: current.lastFrameAtMs,
    }));
  }

  #enter(eaId: EaId, connection: Connection): readonly RouteNotice[] {
    const route: Route = {
      eaId,
      current: connection,
      displaced: [],
      clashing: false,
      contested: null,
      reportedAtMs: -Infinity,
    };
    this.#byEa.set(eaId, route);
    this.#move(route, null, connection.key);
    return this.#compare(connection.key);
  }

  #leave(route: Route): void {
    this.#byEa.delete(route.eaId);
    this.#byIdentity.get(route.current.key)?.delete(route);
  }

  #move(route: Route, from: string | null, to: string): void {
    if (from !== null) this.#byIdentity.get(from)?.delete(route);
    if (from !== null && this.#byIdentity.get(from)?.size === 0) this.#byIdentity.delete(from);
    const there = this.#byIdentity.get(to);
    if (there === undefined) this.#byIdentity.set(to, new Set([route]));
    else there.add(route);
  }

  #sharing(route: Route): readonly Route[] {
    return [...this.#byIdentity.get(route.current.key) ?? []];
  }

  /** Raises or clears the clash of everybody on one identity. */
  #compare(key: string): readonly RouteNotice[] {
    const routes = [...this.#byIdentity.get(key) ?? []];
    const notices: RouteNotice[] = [];
    for (const route of routes) {
      if (route.clashing === routes.length > 1) continue;
      route.clashing = routes.length > 1;
      notices.push(
        route.clashing
          ? raise("IDENTITY_CLASH", route.eaId, clashOf(routes))
          : clear("IDENTITY_CLASH", route.eaId),
      );
    }
    return notices;
  }
}

function connectionOf(said: Announcement): Connection {
  const { nodeId } = said;
  return {
    key: keyOf(said.identity),
    identity: new Uint8Array(said.identity),
    nodeId,
    login: said.accountLogin ?? loginOf(nodeId),
    lastFrameAtMs: said.atMs,
  };
}

function isSame(one: Connection, other: Connection): boolean {
  return one.key === other.key && !differ(one.nodeId, other.nodeId) && !differ(one.login, other.login);
}

/** The connection as it was replaced before, if it was: neither a restart nor a reconnection comes back after that. */
function displacedAs(route: Route, next: Connection): Route["displaced"][number] | undefined {
  return route.displaced.findLast(({ connection }) => isSame(connection, next));
}

/** What is not said may be the same. */
function differ(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== other;
}

function refresh(current: Connection, heard: Connection): readonly RouteNotice[] {
  current.nodeId ??= heard.nodeId;
  current.login ??= heard.login;
  current.lastFrameAtMs = heard.lastFrameAtMs;
  return [];
}

/**
 * Why a change of connection is not just a restart or a reconnection of the same EA; null when it may be one.
 *
 * A restart says HELLO and has a new node; a reconnection keeps its node.
 */
function takeoverOf(route: Route, next: Connection, hello: boolean): string | null {
  const { current } = route;
  if (next.lastFrameAtMs - current.lastFrameAtMs > ALIVE_MS) return null;
  if (differ(current.login, next.login)) return takenBy(route, next, "on another account");
  if (differ(current.nodeId, next.nodeId) && !hello) return takenBy(route, next, "without a HELLO");
  return null;
}

function takenBy(route: Route, next: Connection, why: string): string {
  return `${route.eaId}: ${shown(next)} took over from ${shown(route.current)}, ${why}. ` +
    "Stop the one that should not run, then settle this EA.";
}

function shown({ key, nodeId, login }: Connection): string {
  return `connection ${nameOf(key)} (node ${nodeId ?? "unknown"}, account ${login ?? "unknown"})`;
}

function report(route: Route, takeover: string | null): readonly RouteNotice[] {
  const atMs = route.current.lastFrameAtMs;
  if (takeover === null || atMs - route.reportedAtMs < REPORT_AGAIN_MS) return [];
  route.reportedAtMs = atMs;
  return [raise("EA_TAKEN_OVER", route.eaId, takeover)];
}

function clashOf(routes: readonly Route[]): string {
  return `${routes.map(({ eaId }) => eaId).join(" and ")} announce the same socket identity ` +
    `${
      nameOf(routes[0]?.current.key ?? "")
    }: none of them is sent a command. Give one a uuid that differs before ` +
    "its last character, or settle the one that runs.";
}

function raise(code: string, subject: EaId, message: string): RouteNotice {
  return { kind: "raise", code, subject, message };
}

function clear(code: string, subject: EaId): RouteNotice {
  return { kind: "clear", code, subject };
}

function keyOf(identity: Uint8Array): string {
  return Array.from(identity, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** An identity as text when it is printable ASCII, as hexadecimal when not. */
function nameOf(key: string): string {
  const codes = key.match(/../g)?.map((pair) => parseInt(pair, 16)) ?? [];
  const printable = codes.length > 0 && codes.every((code) => code >= 0x20 && code < 0x7f);
  return printable ? String.fromCharCode(...codes) : `0x${key}`;
}

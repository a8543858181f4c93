/**
 * HTTP gateway: owns the public and the admin port, and answers requests by asking those who know.
 *
 * - Hears `go` from the root and `ports` from who wants to know them. Requests do not pass its mailbox: each asks
 *   the store, desk, analytics, event bus, relay, command gateway, a slot or an autofire actor, with a deadline.
 * - Tells orders of an operator to the desk, a slot or an autofire actor; nobody else.
 * - Restarts by closing both ports and binding them again.
 *
 * @module
 */
import type { AdminApi, HttpGatewayMessage, HttpServer, PublicApi } from "../protocols/http.ts";
import type { Actor, Context } from "../runtime/actor.ts";
import { adminApi, type AdminApiDeps } from "./http/admin_api.ts";
import { publicApi } from "./http/public_api.ts";

/** What the HTTP gateway is handed. */
export interface HttpGatewayDeps extends AdminApiDeps {
  readonly servePublic: (api: PublicApi) => Promise<HttpServer>;
  /** Null: there is no token, and the admin port stays closed. */
  readonly serveAdmin: ((api: AdminApi) => Promise<HttpServer>) | null;
}

/** The bound ports. */
export interface HttpGatewayState {
  readonly public: HttpServer;
  readonly admin: HttpServer | null;
  /** True once the house is furnished. */
  up: boolean;
}

/** Makes the HTTP gateway. */
export function httpGatewayActor(deps: HttpGatewayDeps): Actor<HttpGatewayState, HttpGatewayMessage> {
  return {
    async init(context) {
      const state = await open(deps);
      // A kill runs no `stop`: the ports must be free for who comes next all the same.
      context.signal.addEventListener("abort", () => void close(state, context));
      context.onGo({ kind: "go" });
      return state;
    },
    handle(state, message) {
      if (message.kind === "go") state.up = true;
      else message.reply({ public: state.public.port, admin: state.admin?.port ?? null });
      return state;
    },
    stop: (state, _exit, context) => close(state, context),
  };
}

/** Binds now, so that a port in use fails the start; answers come once the house is up. */
async function open(deps: HttpGatewayDeps): Promise<HttpGatewayState> {
  let state: HttpGatewayState | null = null;
  const isUp = () => state?.up === true;
  const shown = await deps.servePublic(publicApi(deps, isUp));
  try {
    const admin = await deps.serveAdmin?.(adminApi(deps, isUp)) ?? null;
    return state = { public: shown, admin, up: false };
  } catch (error) {
    await shown.close();
    throw error;
  }
}

/** Closing twice does nothing the second time. */
async function close(state: HttpGatewayState, context: Context<HttpGatewayMessage>): Promise<void> {
  state.up = false;
  try {
    await Promise.all([state.public.close(), state.admin?.close()]);
  } catch (error) {
    context.log.warn("a port did not close cleanly", { error });
  }
}

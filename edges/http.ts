/**
 * The HTTP edge: apps over plain functions of the house, and servers for them.
 *
 * @module
 */
export { adminApp, type AdminOptions } from "./http/admin_app.ts";
export { type AdminAccess, adminAccess } from "./http/admin_auth.ts";
export { publicApp } from "./http/public_app.ts";
export { serveHttp, type ServeOptions } from "./http/serve.ts";

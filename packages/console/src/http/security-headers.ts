import type { FastifyInstance } from "fastify";

/** Everything comes from the console itself; styles that a script sets on an element need no exception. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Say with every answer what a browser may do with it. */
export function addSecurityHeaders(server: FastifyInstance, { secure }: { readonly secure: boolean }): void {
  server.addHook("onRequest", async (_, reply) => {
    reply.headers({
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
      ...(secure ? { "strict-transport-security": "max-age=31536000" } : {}),
    });
  });
}

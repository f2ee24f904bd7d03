import { messageOf } from "@understudy/core";

/** What went wrong on the way to a server, as a person would say it. `where` is `host:port`. */
export function networkFault(error: unknown, where: string): string {
  const { code = "" } = rootOf(error) as { code?: string };
  const host = where.replace(/:\d+$/, "");
  if (/^(ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME)$/.test(code)) return `DNS knows no address for ${host} (${code})`;
  return words[code]?.replace("‹where›", where) ?? `${where}: ${messageOf(rootOf(error))}`;
}

/** By the codes of Node and OpenSSL. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "‹where› refuses connections",
  ECONNRESET: "‹where› closed the connection before it answered",
  EHOSTUNREACH: "there is no way to ‹where›",
  ENETUNREACH: "there is no way to ‹where›",
  ETIMEDOUT: "‹where› takes no connection",
  CERT_HAS_EXPIRED: "the certificate of ‹where› has expired",
  CERT_NOT_YET_VALID: "the certificate of ‹where› is not valid yet",
  CERT_REVOKED: "the certificate of ‹where› was revoked",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate of ‹where› is for another name",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the certificate of ‹where› is signed by nobody that is trusted here",
  SELF_SIGNED_CERT_IN_CHAIN: "the certificate of ‹where› is signed by nobody that is trusted here",
  UNABLE_TO_GET_ISSUER_CERT: "the certificate of ‹where› is signed by nobody that is trusted here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the certificate of ‹where› is signed by nobody that is trusted here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the certificate of ‹where› is signed by nobody that is trusted here",
  EPROTO: "‹where› does not speak TLS",
  ERR_SSL_WRONG_VERSION_NUMBER: "‹where› does not speak TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "‹where› does not speak TLS",
};

/** The error that began it: of several addresses that were tried, the first one's. */
function rootOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length) return rootOf(error.errors[0]);
  const { cause, code } = error as { cause?: unknown; code?: string };
  return cause instanceof Error && !words[code ?? ""] ? rootOf(cause) : error;
}

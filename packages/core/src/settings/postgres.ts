import { z } from "zod";

/** A server that somebody else runs (RDS, Cloud SQL, …) takes the place of the stack's own Postgres. */
const externalSchema = z.strictObject({
  /** As the Docker host reaches it; `localhost` would be a container's own. */
  host: z
    .string()
    .regex(
      /^(?!localhost$|127\.)[A-Za-z0-9][A-Za-z0-9.:-]*$/,
      "must be a host name or an address that containers reach",
    ),
  port: z.int().min(1).max(65_535).default(5432),
  /** Its administrator, who makes roles and databases and need not be a superuser. The password is POSTGRES_PASSWORD in .env.<environment>. */
  user: z.string().regex(/^[^\s"'\\$]{1,63}$/, "must be the name of a role"),
  /** Its certificate is always verified. */
  tls: z
    .strictObject({
      /** A file with the certificates of who signed it, relative to the installation. Default: the authorities that Node trusts. */
      ca: z.string().min(1).optional(),
      /** The name on it, when that is not `host`. */
      name: z.string().min(1).optional(),
    })
    .prefault({}),
});

export const postgresSchema = z.strictObject({ external: externalSchema.optional() });

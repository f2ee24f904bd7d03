import { isSecret, secrets } from "@understudy/core";

/** What Postgres, S3, Google's and Azure's storage read their credentials and whereabouts from. */
const names =
  /^(PG(HOST|HOSTADDR|PORT|USER|PASSWORD|PASSFILE|CONNECT_TIMEOUT|SSL\w+)|AWS_\w+|GOOGLE_\w+|AZURE_\w+|ARM_\w+)$/;

/**
 * The backend's credentials: from `.env.<environment>`, and where the process has one of its own, as on a build server, that. Known to the
 * redactor from here.
 * @param values of the environment file
 */
export function backendCredentials(
  values: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const of = (from: NodeJS.ProcessEnv) => Object.entries(from).filter(([name, value]) => value && names.test(name));
  const found = Object.fromEntries([...of(values), ...of(env)]) as Record<string, string>;
  secrets.add(Object.entries(found).flatMap(([name, value]) => (isSecret(name, value) ? [value] : [])));
  return found;
}

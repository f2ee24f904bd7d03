/** Why a shared backend cannot be used, for people. */
export interface BackendFailure {
  readonly message: string;
  readonly next: string;
}

const refused =
  /password authentication failed|no password supplied|no pg_hba|permission denied|AccessDenied|Forbidden|InvalidAccessKeyId|SignatureDoesNotMatch|no EC2 IMDS role|failed to refresh cached credentials|api error InvalidToken|could not find default credentials/i;

const away =
  /unable to open bucket|could not connect|failed to connect|no such host|connection (refused|reset)|i\/o timeout|no route to host|the database system is (starting up|shutting down)|terminating connection|bad connection|unexpected EOF|NoSuchBucket|server closed the connection|broken pipe/i;

/**
 * What Pulumi's words mean when they are about the backend; undefined when they are about something else. Pure.
 * @param backend its URL
 */
export function backendFailure({
  backend,
  environment,
  said,
}: {
  readonly backend: string;
  readonly environment: string;
  readonly said: string;
}): BackendFailure | undefined {
  const shown = withoutUser(backend);
  const line = tellingLine(said);
  if (line === undefined) return undefined;
  if (refused.test(line)) {
    return {
      message: `The state backend ${shown} refuses us: ${cause(line)}`,
      next: `Set ${credentialsOf(backend)} in your environment, or in .env.${environment} once that is there, and run again`,
    };
  }
  return {
    message: `The state backend ${shown} cannot be used: ${cause(line)}`,
    next: "Nothing is lost. When it is back, run the same command again: what was changed meanwhile is taken up. Its address is state.backend in understudy.yml",
  };
}

/** The first line that is about the backend. A container's own troubles with a network can read alike, and name its provider. */
function tellingLine(said: string): string | undefined {
  const lines = said.split("\n").map((line) => line.trim());
  return lines.find(
    (line) => (refused.test(line) || away.test(line)) && !/docker:index|sdk-v2|\.go:\d+|Docker|unix:\/\//.test(line),
  );
}

/** The last of the causes that Go strings together, without a place that says nothing to people. */
function cause(line: string): string {
  const inner =
    /(?:\bdial tcp |\bpq: |api error |\bget credentials: )(?!.*(?:\bdial tcp |\bpq: |api error ))(.*)$/.exec(
      line,
    )?.[1] ?? line;
  return inner.replace(/^error: /, "");
}

function credentialsOf(backend: string): string {
  if (backend.startsWith("postgres:")) return "PGPASSWORD";
  if (backend.startsWith("s3:")) return "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY";
  return "the cloud's own variables";
}

/** Neither who uses it nor how it is reached is of interest, and a query may hold a secret. */
function withoutUser(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//").replace(/\?.*$/, "");
}

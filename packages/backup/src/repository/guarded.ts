/** How long restic may take to end once it could not write, s. */
const patience = 10;

/**
 * The bash script that runs restic and ends as it does. Restic 0.18.0 can wait for itself for ever after it could not write, as on a
 * full disk (its packer queues what nobody takes any more): then it is told to end. As long as its standard error is open, its process id is its own.
 * @param command for bash, up to its arguments.
 */
export function guarded(command: string): string {
  return `set +e; exec 5>&1
{ echo $BASHPID >&2; exec ${command} "$@"; } 2>&1 >&5 5>&- | {
  limit=; read -r restic
  while IFS= read -r $limit line || { [ $? -gt 128 ] && kill -TERM "$restic"; }; do
    printf '%s\\n' "$line" >&4
    case "$line" in "Save("*" failed: "*) limit="-t ${patience}" ;; esac
  done
}
exit "\${PIPESTATUS[0]}"`;
}

#!/usr/bin/env bash
# Settings from the environment, the first password, then the server. NEO4J_AUTH=neo4j/<password> or none; NEO4J_server_memory_heap_max__size=1G
# becomes server.memory.heap.max_size=1G (a double underscore is an underscore), as in the official image.
set -euo pipefail

readonly CONF="$NEO4J_HOME/conf/neo4j.conf"

main() {
  if [ "$1" != neo4j ]; then exec "$@"; fi
  write_settings
  if [ "${NEO4J_AUTH:-}" = none ]; then
    set_setting dbms.security.auth_enabled false
  elif [ -n "${NEO4J_AUTH:-}" ]; then
    set_first_password
  fi
  unset NEO4J_AUTH
  exec neo4j console
}

write_settings() {
  local name key
  for name in $(compgen -e NEO4J_); do
    case "$name" in
      NEO4J_AUTH | NEO4J_HOME | NEO4J_CONF | NEO4J_EDITION | NEO4J_PLUGINS | NEO4J_DEBUG | NEO4J_USERNAME | NEO4J_PASSWORD | NEO4J_ACCEPT_*) continue ;;
    esac
    key="${name#NEO4J_}"
    key="${key//__/$'\n'}"
    key="${key//_/.}"
    set_setting "${key//$'\n'/_}" "${!name}"
  done
}

# The last one of a key wins; an earlier container's line is replaced. JVM options add up.
set_setting() {
  local rest
  if [ "$1" != server.jvm.additional ]; then
    rest=$(grep -vF -- "$1=" "$CONF" || true)
    printf '%s\n' "$rest" > "$CONF"
  fi
  printf '%s=%s\n' "$1" "$2" >> "$CONF"
}

set_first_password() {
  local user="${NEO4J_AUTH%%/*}" password="${NEO4J_AUTH#*/}"
  password="${password%/true}"
  if [ "$user" != neo4j ]; then fail "NEO4J_AUTH must be none or neo4j/<password>; the user '$user' cannot be created"; fi
  if [ "${#password}" -lt 8 ]; then fail "the password in NEO4J_AUTH is shorter than 8 characters"; fi
  if [ -e "$NEO4J_HOME/data/dbms/auth.ini" ] || [ -e "$NEO4J_HOME/data/databases/system" ]; then return; fi
  # Through a file that only this user reads: arguments are visible to everyone who lists processes.
  local arguments
  arguments=$(mktemp)
  printf '"%s"\n' "$(printf '%s' "$password" | sed 's/[\\"]/\\&/g')" > "$arguments"
  neo4j-admin dbms set-initial-password "@$arguments" > /dev/null
  rm -f "$arguments"
}

fail() {
  echo "docker-entrypoint: $1" >&2
  exit 1
}

main "$@"

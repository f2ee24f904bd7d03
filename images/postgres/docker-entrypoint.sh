#!/usr/bin/env bash
# First start of a data directory, then the server. Understands what the official image does: POSTGRES_USER, POSTGRES_PASSWORD,
# POSTGRES_DB, POSTGRES_INITDB_ARGS (each also as <name>_FILE), POSTGRES_HOST_AUTH_METHOD, /docker-entrypoint-initdb.d/*.{sh,sql,sql.gz}.
# One difference: a first start that was killed half way begins again, instead of being taken for a finished one.
set -Eeuo pipefail

readonly INITDB_FOLDER=/docker-entrypoint-initdb.d
readonly UNFINISHED=.first-start

main() {
  if [ "${1:0:1}" = "-" ]; then set -- postgres "$@"; fi
  if [ "$1" = "postgres" ] && ! wants_help "$@"; then
    read_secret_files
    if [ ! -s "$PGDATA/PG_VERSION" ]; then first_start "$@"; fi
    unset PGPASSWORD POSTGRES_PASSWORD
  fi
  exec "$@"
}

wants_help() {
  local argument
  for argument in "$@"; do
    case "$argument" in -'?' | --help | --describe-config | -V | --version) return 0 ;; esac
  done
  return 1
}

read_secret_files() {
  local name file
  for name in POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB POSTGRES_INITDB_ARGS; do
    file="${name}_FILE"
    if [ -n "${!file:-}" ]; then
      if [ -n "${!name:-}" ]; then fail "$name and $file are both set; keep one of them"; fi
      export "$name=$(<"${!file}")"
    fi
  done
  export POSTGRES_USER="${POSTGRES_USER:-postgres}"
  export POSTGRES_DB="${POSTGRES_DB:-$POSTGRES_USER}"
}

# Everything happens in a folder inside the data directory and moves up as a whole, PG_VERSION last: no half-made cluster is ever started.
first_start() {
  local target="$PGDATA" method="${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}"
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$method" != trust ]; then
    fail "POSTGRES_PASSWORD is empty; set it to a non-empty value for the superuser '$POSTGRES_USER'"
  fi
  rm -rf "$target/$UNFINISHED"
  export PGDATA="$target/$UNFINISHED"
  create_cluster
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
  shift # the word `postgres`; options of the server follow
  PGUSER="$POSTGRES_USER" pg_ctl -o "-c listen_addresses='' ${*@Q}" -w start
  create_database
  run_init_files
  PGUSER="$POSTGRES_USER" pg_ctl -m fast -w stop
  find "$target" -mindepth 1 -maxdepth 1 ! -name "$UNFINISHED" -exec rm -rf {} +
  find "$PGDATA" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$target" {} +
  sync
  mv "$PGDATA/PG_VERSION" "$target/"
  rmdir "$PGDATA"
  export PGDATA="$target"
  echo "docker-entrypoint: first start complete"
}

create_cluster() {
  local options
  eval "options=(${POSTGRES_INITDB_ARGS:-})"
  options+=(--username="$POSTGRES_USER")
  if [ -n "${POSTGRES_PASSWORD:-}" ]; then
    initdb "${options[@]}" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD")
  else
    initdb "${options[@]}"
  fi
}

create_database() {
  if [ "$POSTGRES_DB" = postgres ]; then return; fi
  POSTGRES_DB='' docker_process_sql --dbname postgres --set db="$POSTGRES_DB" <<< 'CREATE DATABASE :"db";'
}

# The name is the official image's: init scripts call it.
docker_process_sql() {
  local query=(psql -v ON_ERROR_STOP=1 --no-psqlrc --no-password --username "$POSTGRES_USER")
  if [ -n "$POSTGRES_DB" ]; then query+=(--dbname "$POSTGRES_DB"); fi
  "${query[@]}" "$@"
}

run_init_files() {
  local file
  for file in "$INITDB_FOLDER"/*; do
    if [ ! -e "$file" ]; then continue; fi
    echo "docker-entrypoint: $file"
    case "$file" in
      *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
      *.sql) docker_process_sql -f "$file" ;;
      *.sql.gz) gunzip -c "$file" | docker_process_sql ;;
      *) echo "docker-entrypoint: ignoring $file" ;;
    esac
  done
}

fail() {
  echo "docker-entrypoint: $1" >&2
  exit 1
}

main "$@"

#!/bin/sh
# Migrates the database, then serves. HOST, PORT and SECURE mean what they mean in the official image.
set -e
if [ "$*" = "letta server" ]; then
  if [ -z "$LETTA_PG_URI" ]; then
    echo "docker-entrypoint: LETTA_PG_URI is empty; this image holds no database of its own" >&2
    exit 1
  fi
  alembic upgrade head
  set -- letta server --host "${HOST:-0.0.0.0}" --port "${PORT:-8283}"
  if [ "$SECURE" = true ]; then set -- "$@" --secure; fi
fi
exec "$@"

#!/bin/sh
# Serves. HOST, PORT, UVICORN_WORKERS and WEBUI_SECRET_KEY mean what they mean in the official image;
# without a key one is generated and kept in the data volume, so that sessions survive a new container.
set -e
if [ "$*" = "open-webui" ]; then
  if [ -z "$WEBUI_SECRET_KEY" ]; then
    key_file="$DATA_DIR/.webui_secret_key"
    if [ ! -s "$key_file" ]; then
      (umask 077; head -c 32 /dev/urandom | base64 > "$key_file")
    fi
    WEBUI_SECRET_KEY=$(cat "$key_file")
    export WEBUI_SECRET_KEY
  fi
  # Streams and sockets that browsers hold open are cut after 5 s, or stopping would wait for them until it is killed.
  set -- uvicorn open_webui.main:app --host "${HOST:-0.0.0.0}" --port "${PORT:-8080}" --timeout-graceful-shutdown 5 \
    --forwarded-allow-ips "${FORWARDED_ALLOW_IPS:-*}" --workers "${UVICORN_WORKERS:-1}"
fi
exec "$@"

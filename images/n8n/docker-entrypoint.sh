#!/bin/sh
# `docker run <image>` starts n8n; `docker run <image> export:workflow …` runs one of its commands, as in the official image.
set -e
if [ "$1" = node ] || [ "$1" = n8n ] || [ "$1" = sh ]; then exec "$@"; fi
exec n8n "$@"

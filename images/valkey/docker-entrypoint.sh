#!/bin/sh
# Options or a configuration file start the server. Protected mode is off, as in the official image: the network is the container's.
set -e
umask 0077
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then set -- valkey-server "$@"; fi
if [ "$1" = valkey-server ]; then set -- "$@" --protected-mode no ${VALKEY_EXTRA_FLAGS:-}; fi
exec "$@"

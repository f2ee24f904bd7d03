#!/bin/sh
# Builds Gatus from its Go module, once a machine, with the launcher's own means; prints the program's path.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
cache=${UNDERSTUDY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/understudy}
. "$root/toolchain/versions"
. "$root/toolchain/common.sh"
. "$root/toolchain/go.sh"

GATUS_VERSION=v5.35.0
home=$cache/bench/gatus-$GATUS_VERSION

gatus_ready() { [ -x "$home/gatus" ]; }

install_gatus() {
  find_go
  new=$cache/tmp/gatus
  mkdir "$new"
  # Apart from a person's own Go. ensure() removes both, some 1.6 GB, when the program is built.
  export GOPATH="$cache/tmp/go-path" GOCACHE="$cache/tmp/go-cache"
  export CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off GOFLAGS="-mod=readonly -modcacherw -buildvcs=false"
  say "builds Gatus $GATUS_VERSION from its Go module (some 2 minutes, once a machine)"
  # In its own folder, so that its own go.mod and go.sum say what it is built of.
  quietly "$go" mod download "github.com/TwiN/gatus/v5@$GATUS_VERSION"
  quietly "$go" -C "$GOPATH/pkg/mod/github.com/!twi!n/gatus/v5@$GATUS_VERSION" build -trimpath -o "$new/gatus" .
  place "$new" "$home"
}

ensure gatus
echo "$home/gatus"

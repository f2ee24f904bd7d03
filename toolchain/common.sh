# Shared by the parts of ./understudy: messages, consent, root, packages, the lock. Sourced, never run.
# A part named X has X_ready (cheap, no network) and install_X (says what it does; may be killed at any moment).
# shellcheck shell=sh disable=SC2154 # root, cache and agreed are set by ./understudy

say() { printf 'understudy: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# ensure <part> <verb> [arguments]: does the part unless it is ready. Looks again under the lock, because
# another run may just have done it. The lock is the kernel's, so it ends with its owner.
ensure() {
  if "$1_ready"; then return 0; fi
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  if command -v flock >/dev/null && ! flock -n 9; then
    say "another run is setting up; waiting for it"
    flock 9
  fi
  rm -rf "$cache/tmp" # what a killed run left behind
  mkdir "$cache/tmp"
  "$1_ready" || "install_$1" "$@"
  hash -r # the shell remembers where it found the old node
  rm -rf "$cache/tmp"
  exec 9>&-
}

# place <new> <final>: moves a finished directory to its name, over a broken one of an earlier time.
place() {
  mkdir -p "$(dirname "$2")"
  rm -rf "$2"
  mv "$1" "$2"
}

# consent <what>: asks on a terminal. Without one, only --yes or CI counts as a yes.
# shellcheck disable=SC2120
consent() {
  [ -z "$agreed" ] || return 0
  if ! [ -t 0 ] || ! [ -t 2 ]; then
    die "$1 needs your consent, and there is no terminal to ask on. Run ./understudy --yes $verb"
  fi
  printf 'understudy: %s. Go on? [y/N] ' "$1" >&2
  read -r answer || answer=no
  case $answer in
    [yY] | [yY][eE][sS]) agreed=yes ;;
    *) die "Nothing was changed. docs/setup.md tells how to set up by hand" ;;
  esac
}

is_root() { [ "$(id -u)" -eq 0 ]; }

as_root() {
  if is_root; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "This needs root, and there is no sudo. Run as root: $*"
  fi
}

# apt_install <package…>: the system's packages, with their output kept in the cache.
apt_install() {
  command -v apt-get >/dev/null ||
    die "No apt-get on this system. Install by its own means: $*; then run the same command again"
  say "installs the system packages: $*"
  quietly as_root apt-get update -q
  # The lock: a fresh machine is often busy with its own updates.
  quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q -o DPkg::Lock::Timeout=300 "$@"
}

# quietly <command…>: its output goes to setup.log; the end of it is shown when the command fails.
quietly() {
  printf '\n$ %s\n' "$*" >>"$cache/setup.log"
  say_how_long 9>&- &
  clock=$!
  "$@" >"$cache/tmp/output" 2>&1 </dev/null && code=0 || code=$?
  kill "$clock"
  cat "$cache/tmp/output" >>"$cache/setup.log"
  [ "$code" -eq 0 ] && return 0
  tail -n 15 "$cache/tmp/output" >&2
  die "Failed with exit code $code: $*. The whole output is in $cache/setup.log"
}

# A line every half minute, as long as the launcher lives.
say_how_long() {
  seconds=0
  pause=
  trap 'kill $pause 2>/dev/null; exit' TERM
  while kill -0 $$ 2>/dev/null; do
    [ "$seconds" -eq 0 ] || say "  still at it, $seconds s so far"
    sleep 30 >/dev/null 2>&1 &
    pause=$!
    wait "$pause"
    seconds=$((seconds + 30))
  done
}

# at_least <version> <required>: compares dotted numbers.
at_least() {
  printf '%s\n%s\n' "$1" "$2" | awk -F. '
    NR == 1 { for (i = 1; i <= 3; i++) have[i] = $i + 0; next }
    { for (i = 1; i <= 3; i++) { if (have[i] > $i + 0) exit 0; if (have[i] < $i + 0) exit 1 } }'
}

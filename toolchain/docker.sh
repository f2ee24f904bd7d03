# The Docker engine: installed and started when no engine answers, asking first. Also what macOS needs instead.
# shellcheck shell=sh disable=SC2154 # root, cache, verb, agreed and PULUMI_HOME are set by ./understudy

host_root=${UNDERSTUDY_HOST_ROOT:-} # where /usr/sbin and /var/run are looked for; the tests move it
started_by_us=

docker_ready() { docker version >/dev/null 2>&1; }

install_docker() {
  refuse_unreachable_host
  if docker_forbidden; then
    join_docker_group "$@"
  fi
  if ! has_dockerd; then
    consent "Installing the Docker engine (system package docker.io)"
    apt_install docker.io mmdebstrap # mmdebstrap: base images where no container registry is reached
    command -v docker >/dev/null || apt_install docker-cli
    ! docker_ready || return 0
  fi
  if ! dockerd_runs; then
    consent "Starting the Docker engine"
    start_dockerd
  fi
  wait_for_dockerd
  docker_ready || join_docker_group "$@"
}

# A host that someone chose, by DOCKER_HOST or a context, is theirs to mend: no local engine is started for it.
refuse_unreachable_host() {
  [ -z "${DOCKER_HOST:-}" ] ||
    die "No Docker engine answers at DOCKER_HOST=$DOCKER_HOST. Start it there, or: unset DOCKER_HOST"
  context=$(docker context inspect --format '{{.Name}}' 2>/dev/null) || context=default
  [ "${context:-default}" = default ] ||
    die "No Docker engine answers in the context \"$context\". Start it, or: docker context use default"
}

has_dockerd() { command -v dockerd >/dev/null || [ -x "$host_root/usr/sbin/dockerd" ]; }

# True when the pid file names a live dockerd. After a hard end the number may be gone, or another program's.
dockerd_runs() { is_process "$host_root/var/run/docker.pid" dockerd; }

is_process() {
  pid=$(cat "$1" 2>/dev/null) && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$2" ]
}

start_dockerd() {
  case $(systemctl is-system-running 2>/dev/null) in
    running | degraded | starting)
      say "starts the Docker engine (systemctl enable --now docker)"
      quietly as_root systemctl enable --now docker
      return 0
      ;;
  esac
  # A stale file with a number that lives again would keep dockerd from starting.
  run=$host_root/var/run
  as_root rm -f "$run/docker.pid"
  if ! [ -S "$run/docker.sock" ] || ! docker_ready; then as_root rm -f "$run/docker.sock"; fi
  is_process "$run/docker/containerd/containerd.pid" containerd ||
    as_root rm -f "$run/docker/containerd/containerd.pid"
  say "starts the Docker engine (dockerd, log in $cache/dockerd.log)"
  {
    is_root || exec sudo setsid dockerd
    # Each connection to a published port takes six files of docker-proxy, which ends for good when it gets no more.
    ulimit -n 262144 || say "each published port serves at most $(($(ulimit -n) / 6)) connections at once"
    exec setsid dockerd
  } >>"$cache/dockerd.log" 2>&1 </dev/null 9>&- &
  started_by_us=$!
}

# Ready also when it answers "permission denied": then the engine is there, and the group is what is missing.
wait_for_dockerd() {
  tries=0
  until docker_ready || docker_forbidden; do
    tries=$((tries + 1))
    if [ "$tries" -gt 120 ] || { [ -n "$started_by_us" ] && ! kill -0 "$started_by_us" 2>/dev/null; }; then
      [ -z "$started_by_us" ] || tail -n 8 "$cache/dockerd.log" >&2
      die "The Docker engine does not answer. Look at its log: $(engine_log)"
    fi
    sleep 0.5
  done
}

engine_log() { if [ -n "$started_by_us" ]; then echo "$cache/dockerd.log"; else echo "journalctl -u docker"; fi; }

docker_forbidden() { docker version 2>&1 | grep -qi 'permission denied'; }

# join_docker_group docker <verb> [arguments]: the group counts from the next login on, so the run goes on under sg.
join_docker_group() {
  user=$(id -un)
  if [ -z "${UNDERSTUDY_JOINED_GROUP:-}" ] && ! id -nG "$user" | grep -qw docker; then
    consent "Adding $user to the group docker, who may use the engine (as powerful as root)"
    say "adds $user to the group docker"
    quietly as_root usermod -aG docker "$user"
  fi
  if [ -n "${UNDERSTUDY_JOINED_GROUP:-}" ] || ! command -v sg >/dev/null; then
    die "$user may not use the Docker engine yet. Log out and in again, then run the same command"
  fi
  shift
  rm -rf "$cache/tmp"
  exec 9>&-
  export UNDERSTUDY_JOINED_GROUP=yes
  exec sg docker -c "$(quoted "$root/understudy" ${agreed:+--yes} "$@")"
}

# The arguments as one line that a shell reads back unchanged.
quoted() {
  for argument; do
    printf "'%s' " "$(printf %s "$argument" | sed "s/'/'\\\\''/g")"
  done
}

# macOS: what is missing is named with the command that brings it; nothing is installed.
refuse_missing_on_macos() {
  missing=
  command -v npm >/dev/null || missing="$missing
  brew install node@24            # Node 24 with npm"
  if needs_engine "$1"; then
    docker_ready || missing="$missing
  brew install --cask docker      # Docker Desktop; or: brew install colima docker && colima start"
    pulumi_ready || command -v pulumi >/dev/null || missing="$missing
  brew install pulumi/tap/pulumi  # Pulumi"
  fi
  [ -z "$missing" ] || die "On macOS it installs no system software. Run, then try again:$missing"
}

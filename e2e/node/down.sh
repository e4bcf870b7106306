#!/usr/bin/env bash
# Ends the node, and removes what it left: its cgroup folders, and what it wrote.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
if [ -e "$RUN/init.pid" ]; then
  kill -9 "$(cat "$RUN/init.pid")" 2>/dev/null
  for _ in $(seq 100); do kill -0 "$(cat "$RUN/unshare.pid")" 2>/dev/null || break; sleep 0.1; done
fi
for _ in $(seq 10); do
  left=$(find /sys/fs/cgroup -depth -type d \( -path '*/knode/*' -o -name knode \) 2>/dev/null)
  [ -z "$left" ] && break
  echo "$left" | xargs rmdir 2>/dev/null
  sleep 0.2
done
[ -z "$left" ] || echo "e2e: cgroup folders are left: $left" >&2
rm -rf "$RUN"

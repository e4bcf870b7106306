#!/usr/bin/env bash
# Starts the node: a cluster of one, in pid, mount and network namespaces of its own. When its first process ends, all
# of it ends. Nothing of it is reachable from the machine's network; `in COMMAND` runs a command inside.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/env.sh"
mkdir -p "$RUN"
started=$SECONDS
setsid unshare --net --mount --pid --fork --kill-child --mount-proc bash "$here/node.sh" > "$RUN/init.log" 2>&1 &
outer=$! init=
for _ in $(seq 100); do
  init=$(pgrep -P $outer || true)
  [ -n "$init" ] && break
  sleep 0.05
done
echo "$outer" > "$RUN/unshare.pid"
echo "$init" > "$RUN/init.pid"
for _ in $(seq 1800); do
  [ -e "$RUN/ready" ] && { echo "e2e: the node is ready after $((SECONDS - started)) s"; exit 0; }
  kill -0 "$init" 2>/dev/null || break
  sleep 0.1
done
echo "e2e: the node did not get ready; its last words ($RUN/*.log has more):" >&2
tail -n 5 "$RUN/init.log" >&2
exit 1

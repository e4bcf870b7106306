# Where everything is. Sourced by the other scripts.
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export NODE_DIR=${NODE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/roster-operator/node}     # programs and images
RUN=$NODE_DIR/run                                                                  # what a node writes; gone with down.sh
BIN=$NODE_DIR/bin TOOLS=$NODE_DIR/tools IMAGES=$NODE_DIR/images
ASSETS=${KUBEBUILDER_ASSETS:-$(cd "$REPO" && python3 -m hack.controlplane.build | sed -n 's/^KUBEBUILDER_ASSETS=//p')}
NODE_IP=10.123.0.2 API=https://10.123.0.2:6443
SOCKET=$RUN/containerd.sock
export PATH=$BIN:$ASSETS:$PATH

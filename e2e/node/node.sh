#!/bin/bash
# The node's first process: covers what its programs would change of the machine, then starts them in order.
set -eu; here=$(cd "$(dirname "$0")" && pwd); . "$here/env.sh"
log() { echo "$(date +%s.%N) $*" >> "$RUN/timeline"; }
start() { local name=$1; shift; "$@" > "$RUN/$name.log" 2>&1 & echo $! > "$RUN/$name.pid"; }
log start

mount --make-rprivate /; mount --make-rshared /
mount -t overlay overlay -o "lowerdir=$TOOLS/usr:/usr" /usr       # runc and nft, without installing them
for folder in /run /var/log /etc/cni /opt /var/lib/cni /var/lib/kubelet; do mkdir -p $folder; mount -t tmpfs tmpfs $folder; done
mkdir -p "$RUN"/{containerd,state,etcd,kubelet,pki,sysctl,cni,cni-conf,podlogs,volumes}
for folder in containerd state etcd; do mount -t tmpfs tmpfs "$RUN/$folder"; done
# The kubelet sets these for the whole machine; it gets files instead.
for setting in kernel/panic:10 kernel/panic_on_oops:1 vm/overcommit_memory:1 vm/panic_on_oom:0 kernel/keys/root_maxkeys:1000000 kernel/keys/root_maxbytes:25000000; do
  file=$RUN/sysctl/$(echo ${setting%%:*} | tr / .); echo ${setting##*:} > $file; mount --bind $file /proc/sys/${setting%%:*}
done
ip link set lo up
ip link add node0 type bridge; ip addr add $NODE_IP/24 dev node0; ip link set node0 up; ip route add default via 10.123.0.1 dev node0
echo 1 > /proc/sys/net/ipv4/ip_forward
log covered

P=$RUN/pki
key() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "$@" 2>/dev/null; }
key -x509 -days 30 -subj /CN=ca -keyout $P/ca.key -out $P/ca.crt -addext basicConstraints=critical,CA:true -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature
openssl ecparam -name prime256v1 -genkey -noout -out $P/sa.key; openssl ec -in $P/sa.key -pubout -out $P/sa.pub 2>/dev/null
identity() { # file, subject, names
  key -subj "$2" -keyout $P/$1.key -out $P/$1.csr
  openssl x509 -req -in $P/$1.csr -CA $P/ca.crt -CAkey $P/ca.key -CAcreateserial -days 30 -out $P/$1.crt \
    -extfile <(printf 'keyUsage=digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\n%s\n' "${3:+subjectAltName=$3}") 2>/dev/null
  cat > $RUN/$1.kubeconfig <<K
apiVersion: v1
kind: Config
clusters: [{name: node, cluster: {server: "$API", certificate-authority: "$P/ca.crt"}}]
users: [{name: user, user: {client-certificate: "$P/$1.crt", client-key: "$P/$1.key"}}]
contexts: [{name: node, context: {cluster: node, user: user}}]
current-context: node
K
}
identity api /CN=kube-apiserver "IP:10.96.0.1,IP:$NODE_IP,IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc"
identity admin /O=system:masters/CN=admin
identity manager /CN=system:kube-controller-manager
identity scheduler /CN=system:kube-scheduler
identity proxy /CN=system:kube-proxy
identity node /O=system:nodes/CN=system:node:node "DNS:node,IP:$NODE_IP"
log certificates

start etcd etcd --data-dir $RUN/etcd --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380 --unsafe-no-fsync --log-level error
start apiserver kube-apiserver --etcd-servers http://127.0.0.1:2379 --secure-port 6443 --bind-address 0.0.0.0 --advertise-address $NODE_IP \
  --tls-cert-file $P/api.crt --tls-private-key-file $P/api.key --client-ca-file $P/ca.crt --authorization-mode Node,RBAC \
  --kubelet-client-certificate $P/admin.crt --kubelet-client-key $P/admin.key --kubelet-certificate-authority $P/ca.crt \
  --kubelet-preferred-address-types InternalIP --enable-admission-plugins NodeRestriction --allow-privileged \
  --service-account-issuer https://kubernetes.default.svc --service-account-signing-key-file $P/sa.key --service-account-key-file $P/sa.pub \
  --service-cluster-ip-range 10.96.0.0/24

cat > $RUN/containerd.toml <<K
version = 4
root = "$RUN/containerd"
state = "$RUN/state"
oom_score = 0
disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.snapshotter.v1.blockfile", "io.containerd.snapshotter.v1.erofs"]
[plugins.'io.containerd.server.v1.grpc']
  address = "$SOCKET"
[plugins.'io.containerd.server.v1.ttrpc']
  address = "$SOCKET.ttrpc"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "localhost/pause:1"
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ["$BIN/cni"]
  conf_dir = "$RUN/cni-conf"
K
cat > $RUN/cni-conf/10-bridge.conflist <<K
{"cniVersion": "1.0.0", "name": "bridge", "plugins": [
 {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
  "ipam": {"type": "host-local", "dataDir": "$RUN/cni", "ranges": [[{"subnet": "10.200.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
K
start containerd containerd -c $RUN/containerd.toml
for i in $(seq 200); do ctr -a $SOCKET version > /dev/null 2>&1 && break; sleep 0.05; done
log containerd
for image in $IMAGES/*.tar; do ctr -a $SOCKET -n k8s.io images import $image >> $RUN/import.log 2>&1; log "image $(basename $image)"; done

for i in $(seq 1200); do [ "$(curl -s --cacert $P/ca.crt --cert $P/admin.crt --key $P/admin.key $API/readyz 2>/dev/null)" = ok ] && break; sleep 0.05; done
log "API server ready"
start manager kube-controller-manager --kubeconfig $RUN/manager.kubeconfig --authentication-kubeconfig $RUN/manager.kubeconfig \
  --authorization-kubeconfig $RUN/manager.kubeconfig --service-account-private-key-file $P/sa.key --root-ca-file $P/ca.crt \
  --use-service-account-credentials --kube-api-qps 1000 --kube-api-burst 2000 --min-resync-period 12h --leader-elect=false --bind-address 127.0.0.1
start scheduler kube-scheduler --kubeconfig $RUN/scheduler.kubeconfig --authentication-kubeconfig $RUN/scheduler.kubeconfig \
  --authorization-kubeconfig $RUN/scheduler.kubeconfig --leader-elect=false --bind-address 127.0.0.1
start dns python3 $here/dns.py $P $API $NODE_IP

: > $RUN/resolv.conf
cat > $RUN/kubelet.yaml <<K
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupRoot: /knode
cgroupsPerQOS: true
enforceNodeAllocatable: []
oomScoreAdj: 0
failSwapOn: false
containerRuntimeEndpoint: unix://$SOCKET
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $P/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $P/node.crt
tlsPrivateKeyFile: $P/node.key
clusterDNS: [$NODE_IP]
clusterDomain: cluster.local
resolvConf: $RUN/resolv.conf
podLogsDir: $RUN/podlogs
kubeAPIQPS: 500
kubeAPIBurst: 1000
registryPullQPS: 0
syncFrequency: 5s
fileCheckFrequency: 0s
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
nodeStatusUpdateFrequency: 5s
shutdownGracePeriod: 0s
protectKernelDefaults: false
maxPods: 50
K
for controller in cpu cpuacct cpuset memory devices freezer blkio pids systemd unified; do mkdir -p /sys/fs/cgroup/$controller/knode; done
for file in cpuset.cpus cpuset.mems; do cat /sys/fs/cgroup/cpuset/$file > /sys/fs/cgroup/cpuset/knode/$file; done
start kubelet kubelet --config $RUN/kubelet.yaml --kubeconfig $RUN/node.kubeconfig --root-dir $RUN/kubelet --hostname-override node --node-ip $NODE_IP --v=2
start proxy kube-proxy --kubeconfig $RUN/proxy.kubeconfig --hostname-override node --proxy-mode nftables --cluster-cidr 10.200.0.0/24 \
  --bind-address $NODE_IP --conntrack-max-per-core 0 --healthz-bind-address 127.0.0.1:10256 --metrics-bind-address 127.0.0.1:10249
log "all started"

export KUBECONFIG=$RUN/admin.kubeconfig
for i in $(seq 900); do kubectl get node node -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null | grep -q True && break; sleep 0.1; done
for number in 1 2 3 4; do
  mkdir -p $RUN/volumes/$number
  sed "s/NUMBER/$number/; s#FOLDER#$RUN/volumes/$number#" $here/volume.yaml
done | kubectl apply -f - -f $here/storage-class.yaml
log "node ready"; touch $RUN/ready
while :; do wait -n || true; sleep 1; done

#!/usr/bin/env bash
# NodeLocal DNSCache's Corefile on a node, kubeadm's behind it in the cluster: two servers, and the world behind both.
# shellcheck source=Tests/Scenarios/lib-network.sh
. "$(dirname "$0")/lib-network.sh"
# shellcheck source=Tests/Scenarios/fixtures/world.sh
. "$here/fixtures/world.sh"
build pairlookup Tests/Scenarios/fixtures
start_world
use_resolv_conf "nameserver 10.98.0.53"

# The cluster's server, behind the address of the kube-dns-upstream Service.
ip -n up address add 10.0.0.11/32 dev node
ip route add 10.0.0.11/32 via 10.98.0.2
mkdir "$work/cluster"
cat >"$work/cluster/Corefile" <<COREFILE
.:53 {
    bind 10.0.0.11
    errors
    health {
       lameduck 0s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       manifests $repository/Zones/services
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
COREFILE
start_peer cluster ip netns exec up "$clusterdns" -conf "$work/cluster/Corefile"
await_peer cluster up 10.0.0.11 53

# kubernetes 1.36, cluster/addons/dns/nodelocaldns/nodelocaldns.yaml, its placeholders filled in:
# 169.254.20.10 and 10.0.0.10 here, 10.0.0.11 upstream in the cluster, /etc/resolv.conf for the rest.
ip address add 169.254.20.10/32 dev lo
ip address add 10.0.0.10/32 dev lo
corefile 53 <<'COREFILE'
cluster.local:53 {
    errors
    cache {
            success 9984 30
            denial 9984 5
    }
    reload
    loop
    bind 169.254.20.10 10.0.0.10
    forward . 10.0.0.11 {
            force_tcp
    }
    prometheus :9253
    health 169.254.20.10:8080
    }
in-addr.arpa:53 {
    errors
    cache 30
    reload
    loop
    bind 169.254.20.10 10.0.0.10
    forward . 10.0.0.11 {
            force_tcp
    }
    prometheus :9253
    }
ip6.arpa:53 {
    errors
    cache 30
    reload
    loop
    bind 169.254.20.10 10.0.0.10
    forward . 10.0.0.11 {
            force_tcp
    }
    prometheus :9253
    }
.:53 {
    errors
    cache 30
    reload
    loop
    bind 169.254.20.10 10.0.0.10
    forward . /etc/resolv.conf
    prometheus :9253
    }
COREFILE
"$clusterdns" -conf "$work/Corefile" >"$work/log" 2>&1 &
server=$!
started+=("$server")
dig_at() { dig +short +tries=1 +time=5 "@$1" "${@:2}" | sort; }
ttl() { dig +noall +answer +authority +tries=1 +time=5 "@$1" "${@:2}" | awk '{ print $2; exit }'; }
status_at() { dig +tries=1 +time=5 "@$1" "${@:2}" | sed -n 's/.*status: \([A-Z]*\),.*/\1/p'; }
node_answers() { dig +tries=1 +time=1 @169.254.20.10 www.example.test | grep NOERROR >/dev/null; }
await 20 node_answers || { fail "the node's server answers"; cat "$work/log"; exit 1; }
equal "healthy at 169.254.20.10:8080" OK "$(curl -s --max-time 2 http://169.254.20.10:8080/health)"

for address in 169.254.20.10 10.0.0.10; do
    equal "$address: a Service" 10.0.162.149 "$(dig_at $address my-nginx.default.svc.cluster.local A)"
    equal "$address: over TCP" 10.0.162.149 "$(dig_at $address +tcp my-nginx.default.svc.cluster.local A)"
    equal "$address: SRV" "0 100 443 my-nginx.secure.svc.cluster.local." \
        "$(dig_at $address _https._tcp.my-nginx.secure.svc.cluster.local SRV)"
    equal "$address: a name of the world" 198.51.100.7 "$(dig_at $address www.example.test A)"
    equal "$address: a Service that is not there" NXDOMAIN "$(status_at $address none.default.svc.cluster.local A)"
    equal "$address: a reverse name of the cluster" 10-244-3-4.my-nginx.default.svc.cluster.local. \
        "$(dig_at $address -x 10.244.3.4)"
    equal "$address: of the world, over the cluster" www.example.test. "$(dig_at $address -x 198.51.100.7)"
    equal "$address: of nobody" NXDOMAIN "$(status_at $address -x 2001:db8::1)"
    equal "$address: A and AAAA at once" "A 0 1 AAAA 0 0" \
        "$("$work/pairlookup" $address 53 my-nginx.default.svc.cluster.local 2>/dev/null || true)"
done
equal "glibc over the node" 10.0.162.149 "$(as_pod "nameserver 169.254.20.10" \
    "search default.svc.cluster.local svc.cluster.local cluster.local" "options ndots:5" -- getent ahostsv4 my-nginx |
    awk '/STREAM/ { print $1 }')"

# The cluster's names are kept on the node, a denial for five seconds.
at_most "a Service's TTL" 30 "$(ttl 10.0.0.10 my-nginx.default.svc.cluster.local A)"
at_most "a denial's TTL" 5 "$(ttl 10.0.0.10 none.default.svc.cluster.local A)"
cluster_queries() {
    ip netns exec up curl -sS --max-time 5 http://127.0.0.1:9153/metrics |
        awk -v p="proto=\"$1\"" '/^coredns_dns_requests_total/ && index($0, p) && /zone="\."/ { sum += $2 } END { print sum + 0 }'
}
udp=$(cluster_queries udp) tcp=$(cluster_queries tcp)
for _ in 1 2 3 4; do dig_at 10.0.0.10 my-nginx.default.svc.cluster.local A; done >/dev/null
equal "a cached Service is not asked for in the cluster" "$tcp" "$(cluster_queries tcp)"
dig_at 10.0.0.10 kube-dns.kube-system.svc.cluster.local A >/dev/null
at_least "force_tcp: a new one is, over TCP" $((tcp + 1)) "$(cluster_queries tcp)"
equal "and not over UDP" "$udp" "$(cluster_queries udp)"

# The cluster's server goes; what is cached stays, what is not ends in time, the world goes on.
kill -KILL "$peer"
wait "$peer" 2>/dev/null || true
begin=$(milliseconds)
equal "without the cluster's server: SERVFAIL" SERVFAIL "$(status_at 10.0.0.10 web.default.svc.cluster.local A)"
at_most "within milliseconds" 5200 $(($(milliseconds) - begin))
equal "a cached Service is still answered" 10.0.162.149 "$(dig_at 10.0.0.10 kube-dns.kube-system.svc.cluster.local A |
    sed 's/^10\.0\.0\.10$/10.0.162.149/')"
equal "the world is" 198.51.100.4 "$(dig_at 10.0.0.10 four.example.test A)"
contains "the node's metrics" 'server="dns://169.254.20.10:53"' "$(curl -s --max-time 5 http://127.0.0.1:9253/metrics)"
if alive; then pass "the node's server is there"; else fail "the node's server has ended"; fi

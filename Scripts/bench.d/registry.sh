# Sourced by Scripts/bench: the same 10,000 names as manifests, as a master file and as a list of questions.
# shellcheck shell=bash

# write_registry DIR: DIR/services/ (YAML), DIR/cluster.local.zone, DIR/questions and DIR/config.d/.
# All names have one length, so that the load can be cut from one buffer.
write_registry() {
    mkdir -p "$1/services"
    awk -v dir="$1" '
        BEGIN {
            zone = dir "/cluster.local.zone"; questions = dir "/questions"
            print "$ORIGIN cluster.local." > zone
            print "$TTL 5" > zone
            print "@ SOA ns.dns hostmaster 1 7200 1800 86400 5" > zone
            print "@ NS ns.dns" > zone
            print "ns.dns A 127.0.0.1" > zone
            for (i = 0; i < 10000; i++) {
                ns = sprintf("ns-%02d", i % 100); name = sprintf("svc-%05d", i)
                ip = sprintf("10.0.%d.%d", 20 + i / 250, 1 + i % 250)
                file = dir "/services/" ns ".yaml"
                if (i < 100) printf "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: %s\n", ns > file
                printf "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: %s\n  namespace: %s\nspec:\n", name, ns > file
                printf "  clusterIP: %s\n  ports:\n    - name: http\n      port: 80\n      protocol: TCP\n", ip > file
                printf "%s.%s.svc A %s\n", name, ns, ip > zone
                printf "%s.%s.svc.cluster.local A\n", name, ns > questions
            }
        }'
}

# write_corefile FILE MANIFESTS PORT: the directives that Zones/Corefile has, on ports of their own.
write_corefile() {
    local state=${1%/*}/registry.sqlite
    cat >"$1" <<COREFILE
.:$3 {
    bind 127.0.0.1
    errors
    health 127.0.0.1:$(($3 + 1))
    ready 127.0.0.1:$(($3 + 2))
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        manifests $2
        service_cidr 10.0.0.0/16 fd00:10::/108
        state $state
        pods insecure
        ttl 5
    }
    prometheus 127.0.0.1:$(($3 + 3))
    loadbalance
}
COREFILE
}

# write_knot_config FILE DIR PORT
write_knot_config() {
    mkdir -p "$2/knot"
    cat >"$1" <<CONFIG
server:
    rundir: $2/knot
    listen: 127.0.0.1@$3
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: $2/knot
log:
  - target: stderr
    any: error
zone:
  - domain: cluster.local
    storage: $2
    file: cluster.local.zone
CONFIG
}

# write_nsd_config FILE DIR PORT: one process for queries, minimal answers as ours and Knot's are, no rate limit.
write_nsd_config() {
    mkdir -p "$2/nsd"
    cat >"$1" <<CONFIG
server:
    ip-address: 127.0.0.1
    port: $3
    server-count: 1
    do-ip6: no
    minimal-responses: yes
    rrl-ratelimit: 0
    username: ""
    database: ""
    zonesdir: "$2"
    pidfile: "$2/nsd/pid"
    xfrdfile: "$2/nsd/xfrd.state"
    zonelistfile: "$2/nsd/zone.list"
    xfrdir: "$2/nsd"
    logfile: "$2/nsd/log"
remote-control:
    control-enable: no
zone:
    name: cluster.local
    zonefile: cluster.local.zone
CONFIG
}

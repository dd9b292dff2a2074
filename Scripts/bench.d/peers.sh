# Sourced by Scripts/bench: how the other servers are set up to answer from the master files in a folder, each with one
# thread or process for queries.
# shellcheck shell=bash

# write_knot_config FILE DIR PORT [ZONE]...: DIR has ZONE.zone for each [cluster.local].
write_knot_config() {
    local file=$1 dir=$2 port=$3 zone
    shift 3
    mkdir -p "$dir/knot"
    cat >"$file" <<CONFIG
server:
    rundir: $dir/knot
    listen: 127.0.0.1@$port
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: $dir/knot
log:
  - target: stderr
    any: error
zone:
CONFIG
    for zone in "${@:-cluster.local}"; do
        printf '  - domain: %s\n    storage: %s\n    file: %s.zone\n' "$zone" "$dir" "$zone" >>"$file"
    done
}

# write_nsd_config FILE DIR PORT [ZONE]...: minimal answers as ours and Knot's are, no rate limit, room for the
# connections of the load.
write_nsd_config() {
    local file=$1 dir=$2 port=$3 zone
    shift 3
    mkdir -p "$dir/nsd"
    cat >"$file" <<CONFIG
server:
    ip-address: 127.0.0.1
    port: $port
    server-count: 1
    do-ip6: no
    minimal-responses: yes
    rrl-ratelimit: 0
    tcp-count: 500
    username: ""
    database: ""
    zonesdir: "$dir"
    pidfile: "$dir/nsd/pid"
    xfrdfile: "$dir/nsd/xfrd.state"
    zonelistfile: "$dir/nsd/zone.list"
    xfrdir: "$dir/nsd"
    logfile: "$dir/nsd/log"
remote-control:
    control-enable: no
CONFIG
    for zone in "${@:-cluster.local}"; do
        printf 'zone:\n    name: %s\n    zonefile: %s.zone\n' "$zone" "$zone" >>"$file"
    done
}

# write_pdns_config DIR PORT ZONE...: DIR/pdns-server/pdns.conf, for the PowerDNS authoritative server; its caches have
# room for all and keep it for long.
write_pdns_config() {
    local dir=$1 port=$2 zone
    shift 2
    mkdir -p "$dir/pdns-server"
    cat >"$dir/pdns-server/pdns.conf" <<CONFIG
launch=bind
bind-config=$dir/pdns-server/named.conf
socket-dir=$dir/pdns-server
local-address=127.0.0.1
local-port=$port
daemon=no
guardian=no
receiver-threads=1
distributor-threads=1
max-tcp-connections=500
max-packet-cache-entries=2000000
max-cache-entries=2000000
cache-ttl=3600
query-cache-ttl=3600
negquery-cache-ttl=3600
disable-syslog=yes
loglevel=3
security-poll-suffix=
CONFIG
    for zone in "$@"; do
        echo "zone \"$zone\" { type native; file \"$dir/$zone.zone\"; };"
    done >"$dir/pdns-server/named.conf"
}

# write_coredns_config FILE DIR PORT ZONE...: CoreDNS reads the same master files.
write_coredns_config() {
    local file=$1 dir=$2 port=$3 zone
    shift 3
    for zone in "$@"; do
        printf '%s:%d {\n    bind 127.0.0.1\n    errors\n    file %s/%s.zone\n    prometheus 127.0.0.1:%d\n    loadbalance\n}\n' \
            "$zone" "$port" "$dir" "$zone" "$((port + 1))"
    done >"$file"
}

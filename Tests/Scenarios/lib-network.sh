# Sourced by scenarios of the resolver, in place of lib.sh: the same, in a network of their own.
#
# The scenario runs again in a network and a mount namespace: every port is free, nothing reaches the machine's own
# network, /etc/resolv.conf can be another one, and counters in /proc/net are of this scenario alone. Needs root or the
# right to user namespaces; skips without, fails in CI. /run is empty there, and what is put there goes with the scenario.
# shellcheck shell=bash disable=SC2154
if [ -z "${OWN_NETWORK-}" ]; then
    export OWN_NETWORK=yes
    namespaces=(unshare --net --mount --propagation private)
    [ "$(id -u)" -eq 0 ] || namespaces=(unshare --user --map-root-user --net --mount --propagation private)
    if "${namespaces[@]}" mount -t tmpfs tmpfs /run 2>/dev/null; then exec "${namespaces[@]}" bash "$0" "$@"; fi
    OWN_NETWORK=denied
fi
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ "$OWN_NETWORK" = yes ] || cannot "a network of its own: not allowed here"
mount -t tmpfs tmpfs /run
ip link set lo up

bad_upstream=${BAD_UPSTREAM:-$(dirname "$clusterdns")/BadUpstream}
compiler=$(command -v cc || command -v clang) || { fail "a C compiler is there"; exit 1; }

# corefile PORT: the standard input becomes $work/Corefile; sets `port`, which start_server waits for.
corefile() {
    port=$1
    cat >"$work/Corefile"
}

# serve PORT: stops the server there was, and begins one with the Corefile on standard input.
serve() {
    corefile "$1"
    if [ -n "${server-}" ] && kill -0 "$server" 2>/dev/null; then stop_server; fi
    : >"$work/log"
    start_server
}

# alive: the server has not ended.
alive() { kill -0 "$server" 2>/dev/null; }

# build NAME DIRECTORY: compiles DIRECTORY/NAME.c to $work/NAME.
build() { "$compiler" -O2 -std=gnu17 -o "$work/$1" "$repository/$2/$1.c"; }

# in_namespace NAME COMMAND...: NAME is one of `ip netns`, empty for the scenario's own network.
in_namespace() {
    local prefix=()
    [ -z "$1" ] || prefix=(ip netns exec "$1")
    shift
    # In the background the subshell becomes the command, so that its process is the one that is ended.
    if [ "$BASHPID" != $$ ]; then exec "${prefix[@]}" "$@"; fi
    "${prefix[@]}" "$@"
}

# start_peer NAME COMMAND...: runs it; its output is $work/NAME.log. Sets `peer`, its process.
start_peer() {
    local name=$1
    shift
    "$@" >"$work/$name.log" 2>&1 &
    peer=$!
    started+=("$peer")
}

# answered NAMESPACE ADDRESS PORT: something there answers, whatever is behind it.
answered() { in_namespace "$1" dig +tries=1 +time=1 -p "$3" "@$2" CH TXT version.bind | grep '^;; ->>HEADER<<-' >/dev/null; }

# await_peer NAME NAMESPACE ADDRESS PORT
await_peer() {
    await 10 answered "$2" "$3" "$4" || { fail "$1 answers at $3 port $4"; cat "$work/$1.log"; exit 1; }
}

# start_bad_upstream [OPTION]...: waits until it listens. Sets `peer`.
start_bad_upstream() {
    [ -x "$bad_upstream" ] || { fail "$bad_upstream is there; build it, or name it with BAD_UPSTREAM"; exit 1; }
    start_peer bad-upstream "$bad_upstream" "$@"
    await 10 grep -q '^ready' "$work/bad-upstream.log" || { fail "BadUpstream starts"; cat "$work/bad-upstream.log"; exit 1; }
}

# start_nsd NAME NAMESPACE ADDRESS PORT ZONE FILE [ZONE FILE]...
start_nsd() {
    local name=$1 namespace=$2 address=$3 at=$4 directory=$work/$1
    shift 4
    mkdir -p "$directory"
    cat >"$directory/nsd.conf" <<CONFIG
server:
    ip-address: $address
    port: $at
    server-count: 1
    do-ip6: no
    rrl-ratelimit: 0
    username: ""
    database: ""
    zonesdir: ""
    pidfile: "$directory/pid"
    xfrdfile: "$directory/xfrd.state"
    zonelistfile: "$directory/zone.list"
    xfrdir: "$directory"
remote-control:
    control-enable: no
CONFIG
    while [ $# -gt 0 ]; do
        printf 'zone:\n    name: %s\n    zonefile: "%s"\n' "$1" "$2" >>"$directory/nsd.conf"
        shift 2
    done
    start_peer "$name" in_namespace "$namespace" nsd -d -c "$directory/nsd.conf"
    await_peer "$name" "$namespace" "$address" "$at"
}

# start_unbound NAME NAMESPACE ADDRESS PORT: recursion for anyone; the standard input is added to its configuration.
start_unbound() {
    mkdir -p "$work/$1"
    cat - >"$work/$1/more.conf"
    cat >"$work/$1/unbound.conf" <<CONFIG
server:
    directory: "$work/$1"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: ""
    interface: $3
    port: $4
    do-ip6: no
    access-control: 0.0.0.0/0 allow
    do-not-query-localhost: no
    module-config: "iterator"
    local-zone: "test." nodefault
include: "$work/$1/more.conf"
CONFIG
    start_peer "$1" in_namespace "$2" unbound -d -c "$work/$1/unbound.conf"
    await_peer "$1" "$2" "$3" "$4"
}

# start_dnsmasq NAME NAMESPACE ADDRESS PORT UPSTREAM#PORT [OPTION]...
start_dnsmasq() {
    start_peer "$1" in_namespace "$2" dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts \
        --listen-address="$3" --port="$4" --bind-interfaces --server="$5" --user=root --group= --pid-file= \
        --log-facility=- "${@:6}"
    await_peer "$1" "$2" "$3" "$4"
}

# at_most WHAT LIMIT VALUE, at_least WHAT LIMIT VALUE: for numbers, with a point too.
at_most() {
    if awk -v v="$3" -v l="$2" 'BEGIN { exit !(v != "" && v <= l) }'; then pass "$1 ($3, at most $2)"; else
        fail "$1: $3, at most $2"
    fi
}
at_least() {
    if awk -v v="$3" -v l="$2" 'BEGIN { exit !(v != "" && v >= l) }'; then pass "$1 ($3, at least $2)"; else
        fail "$1: $3, at least $2"
    fi
}

# field NAME LINE: the number after NAME=.
field() { sed -n "s/.*\\b$1=\\([0-9.]*\\).*/\\1/p" <<<"$2"; }

# probe OPTION...: a load by dnsprobe (once `build dnsprobe Scripts/bench.d` has made it); its line is printed, and
# `loaded NAME` is a figure of it.
probe() {
    "$work/dnsprobe" "$@" >"$work/load" || true
    cat "$work/load"
}
loaded() { field "$1" "$(cat "$work/load")"; }

# milliseconds: of a clock that only goes forward.
milliseconds() { awk '{ printf "%d", $1 * 1000 }' /proc/uptime; }

#!/usr/bin/env bash
# Two upstreams that fail under a steady load: cut one, both, bring them back. Prints what each phase was like.
#
# Five namespaces: `client` - `node` (the server) - `up1` and `up2` (an NSD each), and the scenario's own, which is empty.
# Each query is for a new name, so that each must be asked upstream.
# shellcheck source=Tests/Scenarios/lib-network.sh
. "$(dirname "$0")/lib-network.sh"
build dnsprobe Scripts/bench.d
rate=${RATE:-500}

# link A B ADDRESS-OF-A ADDRESS-OF-B: a veth pair named after the other end.
link() {
    ip link add "$2" netns "$1" type veth peer name "$1" netns "$2"
    ip -n "$1" address add "$3/24" dev "$2"
    ip -n "$2" address add "$4/24" dev "$1"
    ip -n "$1" link set "$2" up
    ip -n "$2" link set "$1" up
}
for name in client node up1 up2; do
    ip netns add $name 2>"$work/err" || cannot "network namespaces: not allowed here: $(head -n 1 "$work/err")"
    ip -n $name link set lo up
done
link node client 10.97.0.1 10.97.0.2
link node up1 10.97.1.1 10.97.1.2
link node up2 10.97.2.1 10.97.2.2
cat >"$work/load.zone" <<'ZONE'
$ORIGIN load.test.
$TTL 60
@ SOA ns hostmaster 1 7200 1800 86400 60
@ NS ns
ns A 10.97.1.2
* A 192.0.2.1
ZONE
start_nsd nsd1 up1 10.97.1.2 53 load.test "$work/load.zone"
start_nsd nsd2 up2 10.97.2.2 53 load.test "$work/load.zone"

# serve_node [LINE]...: the server in `node`, with these lines in the block of `forward`.
serve_node() {
    if [ -n "${server-}" ] && alive; then stop_server; fi
    corefile 53 <<COREFILE
.:53 {
    bind 10.97.0.1
    errors
    forward . 10.97.1.2 10.97.2.2 {
$(printf '        %s\n' "$@")
    }
    cache 30
    prometheus 10.97.0.1:9153
}
COREFILE
    ip netns exec node "$clusterdns" -conf "$work/Corefile" >"$work/log" 2>&1 &
    server=$!
    started+=("$server")
    await_server || { fail "the server answers in its namespace"; cat "$work/log"; exit 1; }
}
await_server() { await 20 ip netns exec client dig +tries=1 +time=1 @10.97.0.1 ready.load.test; }

# silence UPSTREAM, speak UPSTREAM: it drops all that comes, like a machine that is gone; and as before.
silence() {
    ip netns exec "$1" nft -f - <<'RULES'
table inet cut {
    chain input { type filter hook input priority 0; policy drop; }
}
RULES
}
speak() { ip netns exec "$1" nft delete table inet cut; }
down() { ip -n "$1" link set node down; }
up() { ip -n "$1" link set node up; }

# phase TITLE SECONDS SPLIT: load; sets `before` and `after`, the figures before and after SPLIT seconds.
phases=0
phase() {
    phases=$((phases + 1))
    ip netns exec client "$work/dnsprobe" --address 10.97.0.1 --port 53 --name "q%.p$phases.load.test" --rate "$rate" \
        --seconds "$2" --split "$3" --deadline 6 --sockets 16 >"$work/load" || true
    before=$(sed -n 1p "$work/load") after=$(sed -n 2p "$work/load")
    show "$1, the first $3 s" "$before"
    show "$1, then" "$after"
}
show() {
    printf '%-46s %6s queries, right %7s %%, SERVFAIL %5s, none %4s, p50 %7s ms, p99 %8s ms, at most %8s ms\n' "$1" \
        "$(field sent "$2")" "$(field right_percent "$2")" "$(field rcode2 "$2")" "$(($(field lost "$2") + $(field late "$2")))" \
        "$(field p50_ms "$2")" "$(field p99_ms "$2")" "$(field max_ms "$2")"
}
# goes_on TITLE: one upstream is enough.
goes_on() {
    at_least "$1: answered, from the first moment" 99 "$(field right_percent "$before")"
    at_least "$1: answered, after two seconds" 99.9 "$(field right_percent "$after")"
    at_most "$1: p99 after two seconds" 50 "$(field p99_ms "$after")"
    equal "$1: everyone heard something" "0 0" "$(field lost "$before$after") $(field late "$before$after")"
}
# all_right TITLE
all_right() { equal "$1: all are answered" "100.000" "$(field right_percent "$after")"; }
# all_fail TITLE: SERVFAIL within five seconds for everyone.
all_fail() {
    equal "$1: every query ends with SERVFAIL" "$(field sent "$after")" "$(field rcode2 "$after")"
    for part in "$before" "$after"; do
        equal "$1: nobody waits without end" "0 0" "$(field lost "$part") $(field late "$part")"
        at_most "$1: within milliseconds" 5100 "$(field max_ms "$part")"
    done
}

serve_node
phase "both are there" 2 0.5
all_right "both are there"
silence up1
phase "the first is silent" 4 2
goes_on "the first is silent"
silence up2
phase "both are silent" 3 1
all_fail "both are silent"
speak up1
speak up2
phase "both are back" 3 2
all_right "both are back, after two seconds"
down up2
phase "the link of the second is down" 4 2
goes_on "the link of the second is down"
down up1
phase "both links are down" 3 1
all_fail "both links are down"
up up1
up up2
phase "both links are up" 3 2
all_right "both links are up, after two seconds"

# A server that is gone while its machine is there refuses: ICMP says so at once.
kill "${started[0]}"
phase "the first refuses" 3 2
goes_on "the first refuses"

#!/usr/bin/env bash
# Node mode in a network namespace: addresses and rules come with the process, outlive an upgrade, and go with the last one.
#
# Two namespaces and a veth pair: `node` runs the server as NodeLocal DNSCache would, `pod` asks it. Needs root.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"

if [ "$(id -u)" -ne 0 ]; then
    cannot "node mode in a network namespace: needs root"
fi
node=node-$$ pod=pod-$$
clean_up() {
    ip netns del "$pod" 2>/dev/null || true
    ip netns del "$node" 2>/dev/null || true
}
if ! ip netns add "$node" 2>"$work/err" || ! ip netns add "$pod" 2>>"$work/err" ||
    ! ip link add eth0 netns "$node" type veth peer name eth0 netns "$pod" 2>>"$work/err"; then
    cannot "node mode in a network namespace: not allowed here: $(head -n 1 "$work/err")"
fi
for namespace in "$node" "$pod"; do
    ip -n "$namespace" link set lo up
    ip -n "$namespace" link set eth0 up
done
ip -n "$node" address add 10.244.1.1/24 dev eth0
ip -n "$node" address add fd00:244::1/64 dev eth0 nodad
ip -n "$pod" address add 10.244.1.2/24 dev eth0
ip -n "$pod" address add fd00:244::2/64 dev eth0 nodad
ip -n "$pod" route add default via 10.244.1.1
ip -n "$pod" route add default via fd00:244::1
on_node() { ip netns exec "$node" "$@"; }

cat >"$work/Corefile" <<'COREFILE'
.:53 {
    bind 169.254.20.10 10.0.0.10 fd00::a
    errors
    hosts {
        192.0.2.1 name.example
    }
    health 169.254.20.10:8080 {
        lameduck 1s
    }
    ready 169.254.20.10:8181
    prometheus 169.254.20.10:9253
    reload 1s 1s
}
COREFILE
local_ips=169.254.20.10,10.0.0.10,fd00::a

# held: the node's addresses of ours, in one line.
held() {
    on_node ip -o address show | awk '{ print $4 }' | grep -E '^(169\.254\.|10\.0\.0\.|fd00::)' | sort | xargs
}
all="10.0.0.10/32 169.254.20.10/32 fd00::a/128"
rules() { on_node nft list table inet clusterdns 2>/dev/null; }
# asked [pod|node] SERVER [OPTION]...: what name.example is.
asked() { ip netns exec "$([ "$1" = pod ] && echo "$pod" || echo "$node")" dig +short +tries=1 +time=2 "@$2" name.example "${@:3}" 2>&1; }
answers() { [ "$(asked node 169.254.20.10)" = 192.0.2.1 ]; }
# code PATH PORT: the HTTP status of a page.
code() { on_node curl -s -o /dev/null --max-time 5 -w '%{http_code}' "http://169.254.20.10:$2$1"; }

# start LOG ARGUMENT...: runs the server on the node in the background; sets `process`.
start() {
    local log=$1
    shift
    ip netns exec "$node" "$clusterdns" "$@" >"$work/$log" 2>&1 &
    process=$!
    started+=("$process")
}
# serving: waits for the server's log line that its ports are open.
serving() { await 20 grep -q 'answering on' "$work/$1" || { fail "the server of $1 opens its ports"; cat "$work/$1"; exit 1; }; }
# end PROCESS: SIGTERM; sets `status`.
end() {
    status=0
    kill -TERM "$1"
    wait "$1" || status=$?
}

equal "before the start the node has none of the addresses" "" "$(held)"
start first node -localip "$local_ips" -conf "$work/Corefile"
first=$process
serving first
equal "clusterdns node adds its addresses, of both families" "$all" "$(held)"
for server in 169.254.20.10 10.0.0.10 fd00::a; do
    equal "a process of the node is answered at $server" 192.0.2.1 "$(asked node "$server")"
    equal "a Pod is answered there" 192.0.2.1 "$(asked pod "$server")"
    equal "over TCP too" 192.0.2.1 "$(asked pod "$server" +tcp)"
done
await 5 rules || true
contains "rules keep it out of connection tracking" \
    "ip daddr { 10.0.0.10, 169.254.20.10 } meta l4proto { tcp, udp } th dport 53 notrack" "$(rules)"
contains "for IPv6 too" "ip6 saddr fd00::a meta l4proto { tcp, udp } th sport 53 notrack" "$(rules)"
contains "and probes of the health page" "tcp dport { 8080, 8181 } notrack" "$(rules)"
on_node nft -f - <<'RULES'
table inet watch {
    counter untracked { }
    chain input {
        type filter hook input priority filter;
        udp dport 53 ct state untracked counter name untracked
    }
}
RULES
asked pod 169.254.20.10 >"$work/out"
contains "a Pod's query is not tracked" "packets 1" "$(on_node nft list counters table inet watch)"
equal "the pages are there" "200 200" "$(code /health 8080) $(code /ready 8181)"
metrics=$(on_node curl -s http://127.0.0.1:9353/metrics)
contains "so are node-cache's metrics, at its own port" 'coredns_nodecache_setup_errors_total{errortype="interface_add"} 0' "$metrics"
contains "and CoreDNS' beside them" "coredns_build_info" "$metrics"

on_node ip address del 169.254.20.10/32 dev "$(on_node ip -o address show to 169.254.20.10 | awk '{ print $2 }')"
await 5 answers || true
equal "an address that somebody deletes comes back" "$all" "$(held)"
contains "and the log says so" "somebody has deleted an address" "$(cat "$work/first")"

# An upgrade: the new process comes before the old one goes.
"$(command -v cc || command -v clang)" -O2 -std=gnu17 -o "$work/dnsprobe" "$repository/Scripts/bench.d/dnsprobe.c"
ip netns exec "$pod" "$work/dnsprobe" --address 169.254.20.10 --port 53 --name name.example --rate 1000 --seconds 6 \
    --sockets 32 --deadline 3 >"$work/load" &
load=$!
sleep 0.5
start second node -localip "$local_ips" -conf "$work/Corefile" -share-port
second=$process
serving second
contains "a second process takes over what is there" "169.254.20.10 is on" "$(cat "$work/second")"
end "$first"
equal "the first ends with status 0" 0 "$status"
equal "and leaves the addresses to the second" "$all" "$(held)"
contains "and the rules" "notrack" "$(rules)"
wait "$load" || true
cat "$work/load"
contains "no query is lost meanwhile" " lost=0 " "$(cat "$work/load")"
pages_are_open() { [ "$(code /ready 8181)" = 200 ]; }
await 5 pages_are_open || true
equal "the pages are the second's now" "200 200" "$(code /health 8080) $(code /ready 8181)"

kill -TERM "$second"
sleep 0.3
equal "in lameduck time /ready says 503" 503 "$(code /ready 8181)"
equal "and queries are answered" 192.0.2.1 "$(asked pod 169.254.20.10)"
wait "$second" || true
equal "the last process takes the addresses with it" "" "$(held)"
equal "and the rules" "" "$(rules || true)"
equal "and the link" "" "$(on_node ip -o link show nodelocaldns 2>/dev/null || true)"

# A crash leaves everything; the next start adopts it.
start crashed node -localip "$local_ips" -conf "$work/Corefile"
serving crashed
await 5 rules || true
kill -KILL "$process"
wait "$process" 2>/dev/null || true
equal "after kill -9 the addresses are still there" "$all" "$(held)"
start next node -localip "$local_ips" -conf "$work/Corefile"
serving next
contains "the next start adopts them" "from another start; adopted" "$(cat "$work/next")"
equal "and answers" 192.0.2.1 "$(asked pod 169.254.20.10)"
end "$process"
equal "and takes them away" "" "$(held)$(rules || true)"

start left node -localip "$local_ips" -conf "$work/Corefile" -skipteardown
serving left
await 5 rules || true
end "$process"
equal "-skipteardown leaves the addresses" "$all" "$(held)"
contains "and the rules" "notrack" "$(rules)"

# `serve` with the same Corefile.
start serve -conf "$work/Corefile"
serving serve
equal "serve answers at them as well" 192.0.2.1 "$(asked pod fd00::a)"
sed -i 's/bind .*/bind 169.254.20.10 10.0.0.11/' "$work/Corefile"
changed() { [ "$(held)" = "10.0.0.11/32 169.254.20.10/32" ]; }
await 10 changed || true
equal "a reload adds and removes addresses" "10.0.0.11/32 169.254.20.10/32" "$(held)"
equal "and answers at the new one" 192.0.2.1 "$(asked pod 10.0.0.11)"
end "$process"
equal "with serve they go too" "" "$(held)"
on_node nft delete table inet clusterdns

# Without the right, one sentence with the place and the remedy.
equal "without CAP_NET_ADMIN the start fails" 1 \
    "$(status_of ip netns exec "$node" setpriv --bounding-set=-net_admin --inh-caps=-net_admin "$clusterdns" -conf "$work/Corefile")"
contains "and says where, why and what to do" "Corefile:2:5: \"bind\": 169.254.20.10 is on no interface of this machine, and \
adding it needs CAP_NET_ADMIN; grant that, or add the address before the start: ip address add 169.254.20.10/32 dev lo" \
    "$(cat "$work/out" "$work/err")"
on_node ip address add 169.254.20.10/32 dev lo
on_node ip address add 10.0.0.11/32 dev lo
ip netns exec "$node" setpriv --bounding-set=-net_admin --inh-caps=-net_admin "$clusterdns" -conf "$work/Corefile" \
    >"$work/plain" 2>&1 &
started+=($!)
process=$!
serving plain
end "$process"
equal "addresses of the operator are served, and stay" "10.0.0.11/32 169.254.20.10/32" "$(held)"

# Templates.
printf '.:53 {\n    bind __PILLAR__LOCAL__DNS__\n    hosts {\n        192.0.2.1 name.example\n    }\n}\n' >"$work/Corefile.base"
equal "serve does not know the addresses of a template" 1 "$(status_of "$clusterdns" -conf "$work/Corefile.base")"
contains "and says so" "Corefile.base:2:10: \"__PILLAR__LOCAL__DNS__\" has no value; start \"clusterdns node\" with -localip" \
    "$(cat "$work/out" "$work/err")"
start template -localip 169.254.20.11 -basecorefile "$work/Corefile.base" -setupiptables=false
serving template
equal "node-cache's own command line, without node, fills it in" 192.0.2.1 "$(asked pod 169.254.20.11)"
end "$process"
equal "a flag that cannot be used is refused" 1 \
    "$(status_of "$clusterdns" node -localip 169.254.20.11 -basecorefile "$work/Corefile.base" -interfacename a/b)"
contains "with one sentence" "-interfacename: \"a/b\" is no name of an interface" "$(cat "$work/err")"

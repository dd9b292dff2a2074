#!/usr/bin/env bash
# Every local address in both families, and a Corefile that changes while queries come: none is lost, a broken one is kept out.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
copy_registry
build_udpload
write_corefile
sed -i '/bind 127.0.0.1/d' "$work/Corefile"
start_server

# address_of SERVER [OPTION]...: dig itself refuses a reply that comes from another address than it asked.
address_of() { dig +short +tries=1 +time=2 -p "$port" "@$1" my-nginx.default.svc.cluster.local "${@:2}" 2>&1; }
servers=(127.0.0.1 127.0.0.7)
if [ -e /proc/net/if_inet6 ] && grep -q 00000000000000000000000000000001 /proc/net/if_inet6; then servers+=(::1); else
    skip "::1: this machine has no IPv6"
fi
for address in "${servers[@]}"; do
    equal "UDP answers from $address" 10.0.162.149 "$(address_of "$address")"
    equal "TCP answers at $address" 10.0.162.149 "$(address_of "$address" +tcp)"
done

printf '%s A\n' my-nginx.default.svc.cluster.local kube-dns.kube-system.svc.cluster.local >"$work/questions"
"$udpload" --port "$port" --queries "$work/questions" --seconds 2 --warmup 0 --window 32 --sockets 8 >"$work/load" &
load=$!
for turn in 1 2 3 4 5 6 7 8 9 10; do
    sed -i "s/ttl [0-9]*/ttl $((turn + 5))/" "$work/Corefile"
    kill -HUP "$server"
    sleep 0.1
done
wait "$load" || true
cat "$work/load"
contains "ten reloads under load lose nothing" "lost=0 refused=0" "$(cat "$work/load")"
contains "and every query is answered well" "rcode0=" "$(cat "$work/load")"
lacks "with no other RCODE" "rcode5=" "$(cat "$work/load")"
ttl() { dig +noall +answer -p "$port" @127.0.0.1 my-nginx.default.svc.cluster.local | awk '{ print $2 }'; }
has_ttl_15() { [ "$(ttl)" = 15 ]; }
await 2 has_ttl_15 || true
equal "the last of them is in force" 15 "$(ttl)"

failed_reloads() { curl -s "http://127.0.0.1:$metrics_port/metrics" | sed -n 's/^coredns_reload_failed_total //p'; }
equal "no reload has failed" 0 "$(failed_reloads)"
sed -i 's/loadbalance/loadbalence/' "$work/Corefile"
kill -USR1 "$server"
has_failed() { [ "$(failed_reloads)" = 1 ]; }
await 2 has_failed || true
equal "a broken Corefile is counted" 1 "$(failed_reloads)"
contains "and said, with its place and the remedy" 'Corefile:15:5: "loadbalence" is an unknown directive; did you mean "loadbalance"?' \
    "$(cat "$work/log")"
equal "the one before it goes on" 15 "$(ttl)"
stop_server
equal "the server ends with status 0" 0 "$server_status"

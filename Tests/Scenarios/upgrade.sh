#!/usr/bin/env bash
# Two servers on one address while one takes over from the other: with --share-port no query is lost, without it the
# second is refused.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
copy_registry
build_udpload
write_corefile
printf '%s A\n' my-nginx.default.svc.cluster.local kube-dns.kube-system.svc.cluster.local >"$work/questions"
metrics() { curl -s --max-time 5 "http://127.0.0.1:$metrics_port/metrics"; }
ready() { curl -s -o /dev/null -w '%{http_code}' --max-time 5 "http://127.0.0.1:$ready_port/ready"; }
start_server
old=$server

# Without the flag a second server is an accident, and would take half of the clients.
equal "a second server is refused" 1 "$(status_of "$clusterdns" -conf "$work/Corefile")"
contains "with a sentence that names the holder" "the port is in use by clusterdns (process $old)" \
    "$(cat "$work/out" "$work/err")"
sed "s/^\.:$port/tls:\/\/.:$port/; s/^    errors/    tls cert key/" "$work/Corefile" >"$work/TLSCorefile"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=dns.test -keyout "$work/key" \
    -out "$work/cert" 2>/dev/null
equal "also where it would serve the port by TLS alone" 1 "$(status_of "$clusterdns" -conf "$work/TLSCorefile")"
contains "with the same sentence" "cannot listen on tcp 127.0.0.1:$port: the port is in use by clusterdns" \
    "$(cat "$work/out" "$work/err")"

# count NAME: one of the figures of the last load.
count() { sed -n "s/.*\\b$1=\\([0-9]*\\).*/\\1/p" "$work/load"; }
"$udpload" --port "$port" --queries "$work/questions" --seconds 8 --warmup 0 --window 64 --sockets 64 >"$work/load" &
load=$!
turns=3
for turn in $(seq $turns); do
    sleep 0.5
    log=$work/log-$turn
    "$clusterdns" --share-port -conf "$work/Corefile" >"$log" 2>&1 &
    new=$!
    started+=("$new")
    # As kubelet does: the old one goes when the new one answers.
    await 10 grep -q 'answering on' "$log" || { fail "the new server starts beside the old one"; cat "$log"; }
    if [ "$turn" = 1 ]; then
        contains "pages whose ports the old one has are said" "[INFO] no /metrics, /status at 127.0.0.1:$metrics_port: the port is in use" \
            "$(cat "$log")"
    fi
    sleep 0.3
    kill -TERM "$old"
    status=0
    wait "$old" || status=$?
    equal "the old server ends with status 0 ($turn)" 0 "$status"
    old=$new
done
wait "$load" || true
cat "$work/load"
equal "no query is lost and none refused" "0 0" "$(count lost) $(count refused)"
equal "every query is answered" "$(count sent)" "$(count answered)"
equal "and answered well" "$(count answered)" "$(count rcode0)"
if [ "$(count answered)" -ge 100000 ]; then pass "there were 100,000 or more"; else fail "there were $(count answered) only"; fi

answers_metrics() { metrics | grep '^coredns_build_info' >/dev/null; }
await 5 answers_metrics || true
contains "the pages are the new server's once the old one is gone" "/metrics, /status at 127.0.0.1:$metrics_port now" "$(cat "$log")"
equal "and it is ready" 200 "$(ready)"
contains "it counts what it answered" "coredns_dns_requests_total" "$(metrics)"
equal "TCP is answered" 10.0.162.149 "$(ask my-nginx.default.svc.cluster.local A +tcp)"

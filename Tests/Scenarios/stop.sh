#!/usr/bin/env bash
# SIGTERM under load: lameduck answers on, and no query that the server accepted stays without an answer.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
copy_registry
build_udpload
printf '%s A\n' my-nginx.default.svc.cluster.local kube-dns.kube-system.svc.cluster.local no-such.default.svc.cluster.local \
    10-244-3-4.my-nginx.default.svc.cluster.local >"$work/questions"

# count NAME: one of the figures of the last load.
count() { sed -n "s/.*\\b$1=\\([0-9]*\\).*/\\1/p" "$work/load"; }

# The load ends inside the lameduck time: every single query must be answered, before and after the signal.
write_corefile 3s
start_server
"$udpload" --port "$port" --queries "$work/questions" --seconds 2 --warmup 0 --window 64 --sockets 16 >"$work/load" &
load=$!
sleep 0.7
kill -TERM "$server"
sleep 0.4
equal "/ready says 503 at once" 503 "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$ready_port/ready")"
wait "$load" || true
cat "$work/load"
contains "the load was answered" "answered=" "$(cat "$work/load")"
equal "all that was sent" "$(count sent)" "$(count answered)"
equal "none lost in lameduck" "0 0" "$(count lost) $(count refused)"
status=0
wait "$server" || status=$?
equal "the server ends with status 0" 0 "$status"

# The load goes on until the socket is closed. Each source port has one query in flight, so a query is answered, or
# the kernel refuses it (the socket was gone when it came); lost is one that the server had and dropped.
write_corefile 0s
start_server
"$udpload" --port "$port" --queries "$work/questions" --seconds 15 --warmup 0 --window 64 --sockets 64 \
    --until-refused >"$work/load" &
load=$!
sleep 0.7
stop_server
wait "$load" || true
cat "$work/load"
equal "every source was refused once the socket was gone" 64 "$(count refused)"
equal "none lost on the way to the closed socket" 0 "$(count lost)"
equal "the server ends with status 0 under load" 0 "$server_status"

#!/usr/bin/env bash
# Socket activation: sockets that outlive the server, so that a restart under load loses no query.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
activate=$(command -v systemd-socket-activate) || cannot "socket activation needs systemd-socket-activate (package systemd)"
copy_registry
build_udpload
write_corefile
printf '%s A\n' my-nginx.default.svc.cluster.local kube-dns.kube-system.svc.cluster.local >"$work/questions"
free_port; stray=$found

# Stands in systemd's place: holds the sockets it was started with, and starts the server with them, again and again.
cat >"$work/supervisor" <<'SUPERVISOR'
trap 'kill "$server"' TERM
while [ ! -e "$WORK/end" ]; do
    (LISTEN_PID=$BASHPID exec "$CLUSTERDNS" -conf "$WORK/Corefile" >>"$WORK/log" 2>&1) &
    server=$!
    echo "$server" >"$WORK/pid"
    wait "$server"
    echo $? >>"$WORK/statuses"
done
SUPERVISOR
# The outer one opens the port for TCP, the inner one those for UDP; each goes on with the first traffic.
WORK=$work CLUSTERDNS=$clusterdns "$activate" --listen="127.0.0.1:$port" --setenv=WORK --setenv=CLUSTERDNS \
    "$activate" --datagram --listen="127.0.0.1:$port" --listen="127.0.0.1:$stray" \
    --fdname=tcp:first:second --setenv=WORK --setenv=CLUSTERDNS \
    "$(command -v bash)" "$work/supervisor" >"$work/activator" 2>&1 &
supervisor=$!
started+=("$supervisor")

listens() { [ "$(ss -Hln "$1" "sport = :$2" | wc -l)" -ge 1 ]; }
await 5 listens -t "$port" || { fail "systemd-socket-activate opens the port"; cat "$work/activator"; exit 1; }
exec 3<>"/dev/tcp/127.0.0.1/$port"
await 5 listens -u "$port" || { fail "and the other one"; cat "$work/activator"; exit 1; }

# The very first query starts the server and waits in the queue for it.
equal "the query that starts the server is answered" 10.0.162.149 \
    "$(dig +short +tries=1 +time=20 -p "$port" @127.0.0.1 my-nginx.default.svc.cluster.local)"
exec 3>&-
equal "TCP is answered too" 10.0.162.149 "$(ask my-nginx.default.svc.cluster.local A +tcp)"
server=$(cat "$work/pid")
sockets_of() { find "/proc/$1/fd" -lname "$2" -printf '%l\n' | sort; }
holds() { for socket in $(sockets_of "$1" 'socket:*'); do grep -q " ${socket//[!0-9]/} " "/proc/net/$2" && echo "$socket"; done; }
equal "the server reads from the inherited UDP socket and no other" 1 "$(holds "$server" udp | sort -u | wc -l)"
contains "what was inherited is said" "[INFO] udp 127.0.0.1:$port (descriptor 4" "$(cat "$work/log")"
contains "a socket that no server block is for is closed, with its name" \
    "the inherited socket udp 127.0.0.1:$stray (descriptor 5" "$(cat "$work/log")"
contains "and the remedy" 'correct ListenDatagram= or ListenStream= in the socket unit' "$(cat "$work/log")"
lacks "the variables are gone" LISTEN_FDS "$(tr '\0' '\n' <"/proc/$server/environ" | grep LISTEN_X || true)"

# count NAME: one of the figures of the last load.
count() { sed -n "s/.*\\b$1=\\([0-9]*\\).*/\\1/p" "$work/load"; }
"$udpload" --port "$port" --queries "$work/questions" --seconds 6 --warmup 0 --window 64 --sockets 16 >"$work/load" &
load=$!
restarts=3
has_started() { [ "$(grep -c 'answering on' "$work/log")" -gt "$1" ]; }
for number in $(seq $restarts); do
    sleep 1
    kill -TERM "$(cat "$work/pid")"
    await 5 has_started "$number" || fail "the server starts again"
done
wait "$load" || true
cat "$work/load"
equal "$restarts restarts under load, each with status 0" "$(yes 0 | head -$restarts)" "$(cat "$work/statuses")"
equal "no query is lost and none refused" "0 0" "$(count lost) $(count refused)"
equal "every query is answered" "$(count sent)" "$(count answered)"
equal "and answered well" "$(count answered)" "$(count rcode0)"

# A reload takes the address away, and brings it back: the socket is still there.
free_port; other=$found
sed -i "s/^\.:$port/.:$other/" "$work/Corefile"
kill -HUP "$(cat "$work/pid")"
moved() { [ "$(dig +short +tries=1 +time=1 -p "$other" @127.0.0.1 my-nginx.default.svc.cluster.local)" = 10.0.162.149 ]; }
await 5 moved && pass "a reload leaves the inherited address" || fail "a reload leaves the inherited address"
sed -i "s/^\.:$other/.:$port/" "$work/Corefile"
kill -HUP "$(cat "$work/pid")"
back() { [ "$(ask my-nginx.default.svc.cluster.local A)" = 10.0.162.149 ]; }
await 5 back && pass "and comes back to it" || fail "and comes back to it"

: >"$work/end"
kill -TERM "$(cat "$work/pid")"
ended() { ! kill -0 "$supervisor" 2>/dev/null; }
await 5 ended && pass "the supervisor ends" || fail "the supervisor ends"

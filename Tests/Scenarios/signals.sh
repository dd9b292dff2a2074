#!/usr/bin/env bash
# What a supervisor says to the server and hears from it: signals at any moment, READY, RELOADING, STOPPING, and a watchdog
# that is fed only while every worker moves.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
simulated=${SIMULATED_API_SERVER:-$(dirname "$clusterdns")/SimulatedAPIServer}
[ -x "$simulated" ] || { fail "$simulated is there; build it, or name it with SIMULATED_API_SERVER"; exit 1; }
copy_registry
name=my-nginx.default.svc.cluster.local
# tool NAME: builds fixtures/NAME.c.
tool() { "$(command -v cc || command -v clang)" -O2 -std=gnu17 -o "$work/$1" "$here/fixtures/$1.c"; }
tool notified
tool stall

# listen_for: from now on what the next server says stands in $work/said, with times.
listen_for() {
    rm -f "$work/notify"
    "$work/notified" "$work/notify" >"$work/said" &
    listener=$!
    started+=("$listener")
    await 5 test -S "$work/notify"
}
# launch: serves $work/Corefile as a unit of systemd, and waits for nothing.
launch() {
    env NOTIFY_SOCKET="$work/notify" "$@" "$clusterdns" -conf "$work/Corefile" >>"$work/log" 2>&1 &
    server=$!
    started+=("$server")
}
said() { grep -q " $1" "$work/said"; }
times_said() { grep -c " $1" "$work/said" || true; }

# Signals while it starts, again and again, at another moment each time. Before the program has its own handlers the
# kernel's default for SIGHUP applies, as to every process; so only what comes after the first line of the log counts.
write_corefile
survived=0
for turn in $(seq 20); do
    listen_for
    : >"$work/log"
    launch
    await 10 test -s "$work/log" || true
    for _ in $(seq 5); do kill -HUP "$server" 2>/dev/null || true; kill -USR1 "$server" 2>/dev/null || true; done
    sleep "0.00$turn"
    await 10 said READY=1 || { cat "$work/log"; fail "READY after signals in a start"; }
    if kill -0 "$server" 2>/dev/null && [ "$(ask $name A)" = 10.0.162.149 ]; then survived=$((survived + 1)); fi
    kill -TERM "$server"
    status=0
    wait "$server" || status=$?
    [ "$status" = 0 ] || fail "it ends with status $status"
    kill "$listener"
done
equal "SIGHUP and SIGUSR1 in the midst of a start" 20 "$survived"

# A storm of both, in the midst of answering.
listen_for
launch
await 10 said READY=1
descriptors() { find "/proc/$server/fd" -type l | wc -l; }
before=$(descriptors)
for _ in $(seq 1000); do kill -USR1 "$server"; kill -HUP "$server"; done
equal "a storm of SIGUSR1 and SIGHUP" 10.0.162.149 "$(ask $name A)"
is_calm() { local count; count=$(times_said RELOADING=1); sleep 0.3; [ "$(times_said RELOADING=1)" = "$count" ]; }
await 20 is_calm || fail "the storm ends"
equal "and what was opened for it is closed" "$before" "$(descriptors)"
before=$(times_said READY=1)
kill -HUP "$server"
await 5 eval '[ "$(times_said READY=1)" -gt $before ]' || true
equal "a reload says RELOADING, then READY" "RELOADING=1 READY=1" \
    "$(grep -oE '(RELOADING|READY)=1' "$work/said" | tail -n 2 | paste -sd ' ')"
contains "with its time" MONOTONIC_USEC= "$(cat "$work/said")"

# In lameduck time a second SIGTERM is none more, and none less.
sed -i 's/lameduck 0s/lameduck 2s/' "$work/Corefile"
kill -HUP "$server"
sleep 0.5
kill -TERM "$server"
sleep 0.2
kill -TERM "$server"
await 5 said STOPPING=1 && pass "SIGTERM says STOPPING" || fail "SIGTERM says STOPPING"
equal "and lameduck goes on" 10.0.162.149 "$(ask $name A)"
from=${EPOCHREALTIME/./}
status=0
wait "$server" || status=$?
equal "SIGTERM twice" 0 "$status"
took=$(((${EPOCHREALTIME/./} - from) / 1000))
if [ "$took" -le 5000 ]; then pass "and it ends within 5 s: $took ms"; else fail "and it ends within 5 s: $took ms"; fi
kill "$listener"

# READY is for a server that knows its registry.
mkdir "$work/objects"
cat >"$work/objects/web.yaml" <<'OBJECTS'
{apiVersion: v1, kind: Namespace, metadata: {name: default}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: default}, spec: {clusterIP: 10.0.1.1, ports: [{port: 80}]}}
OBJECTS
"$simulated" --manifests "$work/objects" --tls --port 0 --kubeconfig "$work/kubeconfig" >"$work/api" 2>&1 &
started+=($!)
await 20 grep -q '^ready' "$work/api" || { fail "the simulated API server starts"; cat "$work/api"; exit 1; }
control=$(sed -n 's/^control //p' "$work/api")
curl -sS -o /dev/null --max-time 5 -X POST "$control/stop"
write_corefile
sed -i -e "s|manifests services|kubeconfig $work/kubeconfig|" -e '/service_cidr/d' -e '/state/d' \
    -e 's/pods insecure/startup_timeout 30s/' "$work/Corefile"
listen_for
launch WATCHDOG_USEC=10000000
sleep 2
equal "READY waits for the first sync" "" "$(grep READY "$work/said" || true)"
curl -sS -o /dev/null --max-time 5 -X POST "$control/start"
await 10 said READY=1 && pass "and comes with it" || fail "and comes with it"
equal "with the answers" 10.0.1.1 "$(ask web.default.svc.cluster.local A)"

# One worker stands still, and nothing else.
fed() { local count; count=$(times_said WATCHDOG=1); sleep 1.5; [ "$(times_said WATCHDOG=1)" -gt "$count" ]; }
fed && pass "the watchdog is fed" || fail "the watchdog is fed"
worker=$(grep -l '^udp-' /proc/"$server"/task/*/comm | sort -V | sed -n 's|.*/task/\([0-9]*\)/comm|\1|p' | sed -n 1p)
[ -n "$worker" ] || { fail "there is a worker"; cat /proc/"$server"/task/*/comm; }
"$work/stall" "$worker" 10 &
stall=$!
sleep 6.5
fed && fail "a worker that stalls: no more WATCHDOG" || pass "a worker that stalls: no more WATCHDOG"
contains "which is said" "UDP workers have not moved for 5 s" "$(cat "$work/log")"
wait "$stall" || fail "the worker is stopped and let go"
sleep 1
fed && pass "a worker that goes on: WATCHDOG again" || fail "a worker that goes on: WATCHDOG again"
equal "and answers" 10.0.1.1 "$(ask web.default.svc.cluster.local A)"
stop_server
equal "the server ends with status 0" 0 "$server_status"

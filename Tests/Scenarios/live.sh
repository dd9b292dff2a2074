#!/usr/bin/env bash
# The registry from a Kubernetes API that fails: what was right stays right, and what is new is seen when the fault ends.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
simulated=${SIMULATED_API_SERVER:-$(dirname "$clusterdns")/SimulatedAPIServer}
[ -x "$simulated" ] || { fail "$simulated is there; build it, or name it with SIMULATED_API_SERVER"; exit 1; }

mkdir "$work/objects"
cat >"$work/objects/steady.yaml" <<'OBJECTS'
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {clusterIP: 10.0.1.1, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {clusterIP: None, ports: [{port: 5432}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
ports: [{port: 5432, protocol: TCP}]
endpoints: [{addresses: [10.1.0.1], conditions: {ready: true}}, {addresses: [10.1.0.2], conditions: {ready: true}}]
OBJECTS
token=s3cret-of-the-server
kubeconfig=$work/kubeconfig
"$simulated" --manifests "$work/objects" --tls --port 0 --token $token --kubeconfig "$kubeconfig" >"$work/api" 2>&1 &
started+=($!)
await 20 grep -q '^ready' "$work/api" || { fail "the simulated API server starts"; cat "$work/api"; exit 1; }
control=$(sed -n 's/^control //p' "$work/api")

# control METHOD REQUEST [BODY]: steers the simulated server; its answer is in $work/control.
control() { curl -sS --max-time 5 -X "$1" ${3:+--data-binary "$3"} "$control/$2" >"$work/control"; }
# service NAME ADDRESS: creates or changes one, as it is.
service() {
    local spec="{clusterIP: $2, ports: [{port: 80}]}"
    control POST objects "{apiVersion: v1, kind: Service, metadata: {name: $1, namespace: shop}, spec: $spec}"
}
# address NAME...: the addresses of all, on one line.
address() { for name in "$@"; do ask "$name.shop.svc.cluster.local" A; done | paste -sd " "; }
gone() { [ "$(status_word "$1.shop.svc.cluster.local" A)" = NXDOMAIN ]; }
answers() { [ "$(address "$1")" = "$2" ]; }
# steady WHAT: what no fault touches is answered.
steady() { equal "$1: the steady names" "10.0.1.1 10.1.0.1 10.1.0.2" "$(address web db)"; }
# seen WHAT NAME ADDRESS [SECONDS]: within two seconds, to the second of the shell's clock.
seen() { if await "${4:-2}" answers "$2" "$3"; then pass "$1"; else fail "$1: $2 is \"$(address "$2")\""; fi; }
metrics() { curl -sS --max-time 5 "http://127.0.0.1:$metrics_port/metrics"; }
verbose() { curl -sS --max-time 5 "http://127.0.0.1:$ready_port/ready?verbose"; }

write_corefile 0s
sed -i -e "s|manifests services|kubeconfig $kubeconfig|" -e '/service_cidr/d' -e 's/pods insecure/startup_timeout 1s/' \
    "$work/Corefile"
start_server
steady "in sync"
service first 10.0.2.1
seen "a change is seen" first 10.0.2.1

# away WHAT NAME ADDRESS [FAULT]: the server goes, the world changes beyond its history, and it comes back with FAULT.
away() {
    control POST stop
    service "$2" "$3"
    control POST compact
    if [ -n "${4-}" ]; then control POST "fault?$4"; fi
    control POST start
    if [ -n "${4-}" ]; then sleep 1; fi
    steady "$1"
    control POST heal
    seen "$1: right again" "$2" "$3"
}
away "410 after an outage" gone 10.0.2.2
control POST 'settings?watchList=refused'
away "500" refused 10.0.2.3 'effect=status&status=500'
away "a page of HTML" html 10.0.2.4 'effect=html'
away "401" login 10.0.2.7 'effect=status&status=401'
contains "401 is in the log" "renew the token" "$(cat "$work/log")"

# Bad objects: each is named, and the next one is served.
service broken not-an-ip
service odd '[1]'
service web '{}'
service after 10.0.3.1
seen "bad objects do not stop the next" after 10.0.3.1
steady "a bad object keeps its last good form"
equal "no address is made up" "" "$(address broken)"
for bad in broken odd web; do contains "$bad is named" "services shop/$bad is skipped" "$(cat "$work/log")"; done
contains "and counted" '{resource="services"} 3' "$(metrics | grep ^clusterdns_registry_rejected)"
service web 10.0.1.1

# The registry file: kill -9, and a start from it with and without the server.
restart() {
    kill -KILL "$server"
    wait "$server" 2>/dev/null || true
    control DELETE requests
    start_server
}
service saved 10.0.5.1
seen "before kill -9" saved 10.0.5.1
sleep 1.2
restart
seen "a restart knows what was saved" saved 10.0.5.1 0
service later 10.0.5.2
seen "and goes on from there" later 10.0.5.2
control GET requests
lacks "without a list" list "$(cat "$work/control")"
lacks "and without initial events" 'watch services":2' "$(cat "$work/control")"

# A server that has just started may list more often.
away "a list cut short" cut 10.0.2.5 'effect=truncatedList'

# A restored etcd: versions and objects go back.
control POST backup
for number in 1 2 3 4 5; do service restored "10.0.4.$number"; done
seen "before the restore" restored 10.0.4.5
control POST restore
if await 3 gone restored; then pass "after a restore: what was never there is gone"; else
    fail "after a restore: restored is $(address restored)"
fi
steady "after a restore"

# A file that is taken away under the server.
rm -f "$work"/registry.sqlite*
service moved 10.0.5.3
await 5 test -s "$work/registry.sqlite" && sleep 0.5
contains "a file that was taken away is begun anew" "the registry file was moved" "$(cat "$work/log")"
control POST stop
restart
equal "a restart without the server knows all" "10.0.5.2 10.0.5.3" "$(address later moved)"
steady "without the server"
contains "and says so" "the answers come from" "$(verbose)"
control POST start
service back 10.0.5.4
seen "the server is back" back 10.0.5.4

# Without file and server nothing is known, so nothing is denied.
control POST stop
kill -KILL "$server"
wait "$server" 2>/dev/null || true
rm -f "$work"/registry.sqlite*
start_server
equal "a cold start: SERVFAIL" SERVFAIL "$(status_word web.shop.svc.cluster.local A)"
contains "a cold start: not ready" "not ready" "$(verbose)"
control POST start
seen "until the server is there" web 10.0.1.1
lacks "the token is not in the log" $token "$(cat "$work/log")"
lacks "nor on the pages" $token "$(metrics; verbose)"
stop_server
equal "SIGTERM ends with status 0" 0 "$server_status"

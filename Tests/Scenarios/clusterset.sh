#!/usr/bin/env bash
# multicluster: ServiceImports from a Kubernetes API, with the resource there and not.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
simulated=${SIMULATED_API_SERVER:-$(dirname "$clusterdns")/SimulatedAPIServer}
[ -x "$simulated" ] || { fail "$simulated is there; build it, or name it with SIMULATED_API_SERVER"; exit 1; }

mkdir "$work/objects"
cat >"$work/objects/set.yaml" <<'OBJECTS'
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Service, metadata: {name: own, namespace: shop}, spec: {clusterIP: 10.0.1.1, ports: [{port: 80}]}}
---
apiVersion: multicluster.x-k8s.io/v1alpha1
kind: ServiceImport
metadata: {name: web, namespace: shop}
spec: {type: ClusterSetIP, ips: [10.9.0.1], ports: [{name: http, port: 80, protocol: TCP}]}
---
apiVersion: multicluster.x-k8s.io/v1alpha1
kind: ServiceImport
metadata: {name: db, namespace: shop}
spec: {type: Headless, ports: [{name: pg, port: 5432, protocol: TCP}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: imported-db-east
  namespace: shop
  labels: {multicluster.kubernetes.io/service-name: db, multicluster.kubernetes.io/source-cluster: east}
addressType: IPv4
ports: [{name: pg, port: 5432, protocol: TCP}]
endpoints: [{addresses: [10.1.0.1], hostname: db-0, conditions: {ready: true}}]
OBJECTS
kubeconfig=$work/kubeconfig
"$simulated" --manifests "$work/objects" --port 0 --kubeconfig "$kubeconfig" >"$work/api" 2>&1 &
started+=($!)
await 20 grep -q '^ready' "$work/api" || { fail "the simulated API server starts"; cat "$work/api"; exit 1; }
control=$(sed -n 's/^control //p' "$work/api")
control() { curl -sS --max-time 5 -X "$1" ${3:+--data-binary "$3"} "$control/$2" >"$work/control"; }

write_corefile
sed -i -e "s|manifests services|kubeconfig $kubeconfig\n        multicluster clusterset.local|" -e '/service_cidr/d' \
    -e '/pods insecure/d' -e 's/kubernetes cluster.local/& clusterset.local/' \
    -e 's/^    loadbalance/    transfer {\n        to *\n    }\n&/' "$work/Corefile"
start_server
equal "an import has its address" 10.9.0.1 "$(ask web.shop.svc.clusterset.local A)"
equal "and its port" "0 100 80 web.shop.svc.clusterset.local." "$(ask _http._tcp.web.shop.svc.clusterset.local SRV)"
equal "a headless one its endpoints" 10.1.0.1 "$(ask db.shop.svc.clusterset.local A)"
equal "by host and cluster" 10.1.0.1 "$(ask db-0.east.db.shop.svc.clusterset.local A)"
equal "the zone says its version" '"1.0.0"' "$(ask dns-version.clusterset.local TXT)"
equal "Services are not in it" NXDOMAIN "$(status_word own.shop.svc.clusterset.local A)"
equal "but where they were" 10.0.1.1 "$(ask own.shop.svc.cluster.local A)"
contains "zone prints it" "db-0.east.db.shop.svc.clusterset.local." \
    "$("$clusterdns" zone clusterset.local --conf "$work/Corefile" || true)"
# transferred TYPE: the A records of a transfer of the zone, as "NAME ADDRESS".
transferred() {
    dig @127.0.0.1 -p "$port" clusterset.local "$1" +noall +answer | awk '$4 == "A" && !/^(_|ns\.)/ { print $1, $5 }'
}
all=$(printf '%s\n' "db-0.east.db.shop.svc.clusterset.local. 10.1.0.1" "db.shop.svc.clusterset.local. 10.1.0.1" \
    "web.shop.svc.clusterset.local. 10.9.0.1")
equal "a transfer has it all" "$all" "$(transferred AXFR | sort)"
before=$(dig @127.0.0.1 -p "$port" clusterset.local SOA +short | cut -d' ' -f3)
answers() { [ "$(ask web.shop.svc.clusterset.local A)" = "$1" ]; }
control POST objects "{apiVersion: multicluster.x-k8s.io/v1alpha1, kind: ServiceImport, metadata: {name: web, namespace: shop},
    spec: {type: ClusterSetIP, ips: [10.9.0.2], ports: [{name: http, port: 80}]}}"
equal "a change is seen" 0 "$(status_of await 5 answers 10.9.0.2)"
equal "and alone in a transfer of differences" \
    "web.shop.svc.clusterset.local. 10.9.0.1,web.shop.svc.clusterset.local. 10.9.0.2" \
    "$(transferred "IXFR=$before" | paste -sd,)"
control POST objects '{apiVersion: v1, kind: Service, metadata: {name: own, namespace: shop}, spec: {clusterIP: 10.0.1.2, ports: [{port: 80}]}}'
moved() { [ "$(ask own.shop.svc.cluster.local A)" = 10.0.1.2 ]; }
equal "a Service that changes" 0 "$(status_of await 5 moved)"
equal "changes nothing there" "$all" "$(transferred AXFR | sed s/10.9.0.2/10.9.0.1/ | sort)"
stop_server
equal "SIGTERM ends it with status 0" 0 "$server_status"

control POST 'settings?serviceImports=off'
rm -f "$work"/registry.sqlite*
start_server
equal "without the resource their names do not exist" NXDOMAIN "$(status_word web.shop.svc.clusterset.local A)"
equal "others do" 10.0.1.2 "$(ask own.shop.svc.cluster.local A)"
equal "it is ready" 200 "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$ready_port/ready")"
sleep 2
equal "which is said once" 1 "$(grep -c 'does not serve multicluster.x-k8s.io' "$work/log" || true)"
contains "check says so too" multicluster.x-k8s.io "$("$clusterdns" check --conf "$work/Corefile" 2>&1 || true)"
equal "and finds no error" 0 "$(status_of "$clusterdns" check --conf "$work/Corefile")"
control POST 'settings?serviceImports=on'
equal "when it comes its names do" 0 "$(status_of await 20 answers 10.9.0.2)"
stop_server

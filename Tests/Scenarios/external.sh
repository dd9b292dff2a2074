#!/usr/bin/env bash
# k8s_external: Services by what they are reached at from outside the cluster, beside the cluster's own names.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
copy_registry
write_corefile
sed -i 's/^    loadbalance/    k8s_external example.org 203.in-addr.arpa {\n        ttl 30\n    }\n    transfer {\n        to *\n    }\n    loadbalance/' "$work/Corefile"
start_server
# transferred TYPE ZONE: the A records of a transfer, as "NAME TTL ADDRESS".
transferred() { dig @127.0.0.1 -p "$port" "$2" "$1" +noall +answer | awk '$4 == "A" && !/^_/ { print $1, $2, $5 }'; }
serial() { dig @127.0.0.1 -p "$port" "$1" SOA +short | cut -d' ' -f3; }

equal "a load balancer's address" 203.0.113.10 "$(ask shop.examples.example.org A)"
equal "its clusterIP is the cluster's own" 10.0.40.10 "$(ask shop.examples.svc.cluster.local A)"
equal "a load balancer's host name" a320587ffd19711e5a37606cf4a74574-1142138393.us-east-1.elb.amazonaws.com. \
    "$(ask shop-aws.examples.example.org A)"
equal "PTR of the address" shop.examples.example.org. "$(ask -x 203.0.113.10)"
equal "the cluster's reverse names stay" my-nginx.default.svc.cluster.local. "$(ask -x 10.0.162.149)"
equal "a Service with no address outside has no name there" NXDOMAIN "$(status_word my-nginx.default.example.org A)"
equal "the namespace has one" NOERROR "$(status_word examples.example.org A)"
equal "the apex names its server" ns1.dns.example.org. "$(ask example.org NS)"
equal "which has the server's address" 127.0.0.1 "$(ask ns1.dns.example.org A)"

cat >"$work/services/outside.yaml" <<'YAML'
apiVersion: v1
kind: Service
metadata: { name: outside, namespace: default }
spec: { clusterIP: 10.0.9.9, externalIPs: [203.0.113.99], ports: [{ name: http, port: 80 }] }
YAML
answers() { [ "$(ask outside.default.example.org A)" = "$1" ]; }
equal "a new externalIP is answered" 0 "$(status_of await 5 answers 203.0.113.99)"
equal "with SRV" "0 100 80 outside.default.example.org." "$(ask _http._tcp.outside.default.example.org SRV)"
zone=$("$clusterdns" zone example.org --conf "$work/Corefile" || true)
contains "zone prints it" "outside.default.example.org." "$zone"
contains "with the time to live that was asked for" 30 "$(grep '^outside.default' <<<"$zone" || true)"
equal "so does a transfer" "outside.default.example.org. 30 203.0.113.99" "$(transferred AXFR example.org | grep ^outside)"
contains "of its reverse zone too" "outside.default.example.org." "$(dig @127.0.0.1 -p "$port" 203.in-addr.arpa AXFR +noall +answer)"
contains "and of the cluster's own" "my-nginx.default.svc.cluster.local." "$(transferred AXFR cluster.local)"
before=$(serial example.org)
sed -i 's/203.0.113.99/203.0.113.98/' "$work/services/outside.yaml"
equal "another address takes its place" 0 "$(status_of await 5 answers 203.0.113.98)"
equal "a transfer of differences has the two" \
    "outside.default.example.org. 30 203.0.113.99,outside.default.example.org. 30 203.0.113.98" \
    "$(transferred "IXFR=$before" example.org | paste -sd,)"
equal "in reverse too" NXDOMAIN "$(status_word -x 203.0.113.99)"
rm "$work/services/outside.yaml"
equal "and a Service that goes takes its name with it" 0 "$(status_of await 5 answers '')"
equal "check finds nothing twice" 0 "$("$clusterdns" check --conf "$work/Corefile" 2>&1 | sort | uniq -d | grep -c . || true)"

stop_server
equal "SIGTERM ends it with status 0" 0 "$server_status"

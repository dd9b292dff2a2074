#!/usr/bin/env bash
# The tutorial's names, asked with the tools a user has: nslookup and dig, over UDP and TCP.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
copy_registry
write_corefile
start_server

answer=$(nslookup -port="$port" my-nginx.default.svc.cluster.local 127.0.0.1 || true)
contains "nslookup names the Service" "my-nginx.default.svc.cluster.local" "$answer"
contains "nslookup gives its address" "Address: 10.0.162.149" "$answer"

equal "kube-dns has the address every Pod asks" 10.0.0.10 "$(ask kube-dns.kube-system.svc.cluster.local A)"
equal "the same answer over TCP" 10.0.162.149 "$(ask my-nginx.default.svc.cluster.local A +tcp)"
equal "names ignore case" 10.0.162.149 "$(ask My-NGINX.Default.svc.CLUSTER.local A)"
equal "an IPv4 Service has no AAAA" NOERROR "$(status_word my-nginx.default.svc.cluster.local AAAA)"
equal "an unknown Service does not exist" NXDOMAIN "$(status_word no-such.default.svc.cluster.local A)"
equal "a name of no zone is refused" REFUSED "$(status_word example.com A)"

equal "SRV of a named port" "0 100 8080 my-nginx.secure.svc.cluster.local." \
    "$(ask _http._tcp.my-nginx.secure.svc.cluster.local SRV)"
equal "SRV of kube-dns over UDP" "0 100 53 kube-dns.kube-system.svc.cluster.local." \
    "$(ask _dns._udp.kube-dns.kube-system.svc.cluster.local SRV)"
equal "a port that is not there has no SRV" NXDOMAIN "$(status_word _ftp._tcp.my-nginx.secure.svc.cluster.local SRV)"
equal "PTR of a clusterIP is the Service" my-nginx.default.svc.cluster.local. "$(ask -x 10.0.162.149)"
equal "PTR of a Pod is its endpoint name" 10-244-3-4.my-nginx.default.svc.cluster.local. "$(ask -x 10.244.3.4)"
equal "an endpoint name gives the Pod" 10.244.3.4 "$(ask 10-244-3-4.my-nginx.default.svc.cluster.local A)"
equal "a Pod's own name gives its address" 10.244.3.4 "$(ask 10-244-3-4.default.pod.cluster.local A)"
equal "the schema says its version" '"1.1.0"' "$(ask dns-version.cluster.local TXT)"

equal "a headless Service is its ready Pods" "$(printf '10.244.5.10\n10.244.5.11')" \
    "$(ask web.examples.svc.cluster.local A)"
equal "a Pod of a headless Service by hostname" 10.244.5.10 "$(ask web-0.web.examples.svc.cluster.local A)"
equal "a Pod that is not ready has no name" NXDOMAIN "$(status_word web-2.web.examples.svc.cluster.local A)"
equal "headless SRV splits the weight and names the Pods" \
    "$(printf '0 50 8080 web-0.web.examples.svc.cluster.local.\n0 50 8080 web-1.web.examples.svc.cluster.local.')" \
    "$(ask _http._tcp.web.examples.svc.cluster.local SRV)"
equal "headless without a ready Pod does not exist" NXDOMAIN "$(status_word queue.examples.svc.cluster.local A)"
equal "unless it publishes Pods that are not ready" 10.244.5.20 "$(ask queue-peers.examples.svc.cluster.local A)"
equal "an ExternalName in the zone is followed" \
    "$(printf '10.0.162.149\nmy-nginx.default.svc.cluster.local.')" "$(ask frontend.examples.svc.cluster.local A)"
equal "an ExternalName outside keeps its CNAME" archive.example.com. "$(ask archive.examples.svc.cluster.local CNAME)"
equal "a LoadBalancer answers with its clusterIP" 10.0.40.10 "$(ask shop.examples.svc.cluster.local A)"
equal "also where its outside is a host name" 10.0.40.11 "$(ask shop-aws.examples.svc.cluster.local A)"
equal "dual-stack A" 10.0.40.20 "$(ask dual.examples.svc.cluster.local A)"
equal "dual-stack AAAA" fd00:10::4:14 "$(ask dual.examples.svc.cluster.local AAAA)"
equal "PTR of an IPv6 clusterIP" dual.examples.svc.cluster.local. "$(ask -x fd00:10::4:14)"

contains "/health answers" 200 "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$health_port/health")"
contains "/ready answers" 200 "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$ready_port/ready")"
metrics=$(curl -s "http://127.0.0.1:$metrics_port/metrics" || true)
contains "metrics count the queries" 'coredns_dns_requests_total{' "$metrics"
contains "metrics count the answers" 'coredns_dns_responses_total{' "$metrics"
contains "metrics carry CoreDNS's server label" 'server="dns://127.0.0.1:'"$port"'"' "$metrics"

stop_server
equal "SIGTERM ends it with status 0" 0 "$server_status"

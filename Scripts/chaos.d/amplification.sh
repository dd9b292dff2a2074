#!/usr/bin/env bash
# Prints how many octets a forged query over UDP makes this server send, for each type: the largest response by its query.
#
# usage: Scripts/chaos.d/amplification.sh
# Asked are names of the tutorial's registry and of a headless Service with 1,000 endpoints, with the largest buffer that a
# client can offer, without a cookie. Fails where a response is over 20 times its query, or over 3 times for ANY and types
# that nobody has (robustness fact 53). CLUSTERDNS names the program.
# shellcheck source=Tests/Scenarios/lib-network.sh
. "$(dirname "$0")/../../Tests/Scenarios/lib-network.sh"

copy_registry
{
    printf 'apiVersion: v1\nkind: Service\nmetadata: { name: h, namespace: default }\n'
    printf 'spec: { clusterIP: None, ports: [{ name: http, port: 80 }], selector: { a: b } }\n---\n'
    printf 'apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\n'
    printf 'metadata: { name: h-1, namespace: default, labels: { kubernetes.io/service-name: h } }\n'
    printf 'ports: [{ name: http, port: 80, protocol: TCP }]\nendpoints:\n'
    for ((i = 0; i < 1000; i++)); do
        printf '  - { addresses: [10.1.%d.%d], conditions: { ready: true }, hostname: pod-%d }\n' $((i / 250)) $((i % 250 + 1)) $i
    done
} >"$work/services/large.yaml"
free_port; port=$found
corefile "$port" <<COREFILE
.:$port {
    bind 127.0.0.1
    bufsize 4096
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        manifests services
        pods insecure
    }
}
COREFILE
start_server

tutorial=(my-nginx.default.svc.cluster.local _http._tcp.my-nginx.secure.svc.cluster.local kubernetes.default.svc.cluster.local
    cluster.local none.default.svc.cluster.local 149.162.0.10.in-addr.arpa web.examples.svc.cluster.local)
large=(h.default.svc.cluster.local _http._tcp.h.default.svc.cluster.local pod-7.h.default.svc.cluster.local
    8.0.1.10.in-addr.arpa '*.h.default.svc.cluster.local')
types=(A AAAA SRV PTR NS SOA TXT CNAME MX HTTPS NAPTR DNSKEY RRSIG DS CAA ANY TYPE0 TYPE1000 TYPE65280 TYPE65535)

# measure REGISTRY TYPE NAME...: a line with type, registry, octets of query and response, and the name, of the largest ratio.
measure() {
    local registry=$1 type=$2 name options asked
    shift 2
    for name in "$@"; do
        for options in +bufsize=4096 +noedns '+dnssec +bufsize=4096'; do
            # shellcheck disable=SC2086  # several options in one word
            asked=$(dig +qr +stats +notcp +ignore +nocookie +tries=1 +time=2 $options -p "$port" @127.0.0.1 "$name" "$type" |
                awk '/QUERY SIZE:/ { q = $4 } /MSG SIZE  rcvd:/ { r = $5 } END { print q, r }')
            echo "$type $registry $asked $name"
        done
    done | awk 'NF == 5 { ratio = $4 / $3; if (ratio > best) { best = ratio; line = $0 } } END { print line }'
}

for type in "${types[@]}"; do
    measure tutorial "$type" "${tutorial[@]}"
    measure large "$type" "${large[@]}"
done >"$work/measured"
printf '%-10s %-9s %6s %9s %6s  %s\n' type registry query response ratio name
awk '{ printf "%-10s %-9s %6d %9d %6.1f  %s\n", $1, $2, $3, $4, $4 / $3, $5 }' "$work/measured"
# shellcheck disable=SC2016  # fields of awk
largest() { awk "$1"' { r = $4 / $3; if (r > best) best = r } END { printf "%.1f", best }' "$work/measured"; }
equal "every type was answered" $((2 * ${#types[@]})) "$(awk 'NF == 5' "$work/measured" | wc -l)"
at_most "octets of a response for one of its query" 20 "$(largest '1')"
# shellcheck disable=SC2016
at_most "for ANY and unknown types" 3 "$(largest '$1 == "ANY" || $1 ~ /^TYPE/')"

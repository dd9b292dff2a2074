#!/usr/bin/env bash
# kubeadm's Corefile as it stands, in a Pod's surroundings: the API of the cluster, the node's resolv.conf, every kind of client.
# shellcheck source=Tests/Scenarios/lib-network.sh
. "$(dirname "$0")/lib-network.sh"
# shellcheck source=Tests/Scenarios/fixtures/world.sh
. "$here/fixtures/world.sh"
simulated=${SIMULATED_API_SERVER:-$(dirname "$clusterdns")/SimulatedAPIServer}
build dnsprobe Scripts/bench.d
build pairlookup Tests/Scenarios/fixtures
start_world
use_resolv_conf "search example.test" "nameserver 10.98.0.53" "options edns0"

# What kubelet gives a Pod: the API server's place, a token, the authority.
account=/run/secrets/kubernetes.io/serviceaccount
mkdir -p $account "$work/tls"
echo a-token >$account/token
start_peer api "$simulated" --manifests "$repository/Zones/services" --tls-directory "$work/new-tls" --port 6443 --token a-token
await 20 grep -q '^ready' "$work/api.log" || { fail "the simulated API server starts"; cat "$work/api.log"; exit 1; }
cp "$work/new-tls/ca.crt" $account/ca.crt
export KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT=6443

# kubeadm 1.36, cmd/kubeadm/app/phases/addons/dns/manifests.go; not a letter is changed.
serve 53 <<'COREFILE'
.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
COREFILE
ready() { curl -sf --max-time 2 http://127.0.0.1:8181/ready; }
if await 5 ready; then pass "ready on port 8181"; else fail "ready on port 8181"; fi
equal "healthy on port 8080" OK "$(curl -s --max-time 2 http://127.0.0.1:8080/health)"
dig_at() { dig +short +tries=1 +time=5 @127.0.0.1 "$@" | sort; }
ttl() { dig +noall +answer +authority +tries=1 +time=5 @127.0.0.1 "$@" | awk '{ print $2; exit }'; }

# The cluster, beside the world.
equal "a Service" 10.0.0.1 "$(dig_at kubernetes.default.svc.cluster.local A)"
equal "with the TTL of the directive" 30 "$(ttl kubernetes.default.svc.cluster.local A)"
equal "a name of the world" 198.51.100.7 "$(dig_at www.example.test A)"
equal "its IPv6 address" 2001:db8:100::7 "$(dig_at www.example.test AAAA)"
equal "an alias with its target" "198.51.100.7 www.example.test." "$(dig_at alias.example.test A | paste -sd ' ')"
equal "another type" "10 www.example.test." "$(dig_at mail.example.test MX)"
equal "a reverse name outside the cluster falls through" www.example.test. "$(dig_at -x 198.51.100.7)"
equal "one inside does not" 10-240-0-2.kubernetes.default.svc.cluster.local. "$(dig_at -x 10.240.0.2)"
equal "what does not exist" NXDOMAIN "$(port=53 status_word none.example.test A)"
equal "what exists without data" NOERROR "$(port=53 status_word four.example.test AAAA)"
equal "in the cluster too" NXDOMAIN "$(port=53 status_word none.default.svc.cluster.local A)"
equal "an ExternalName Service, with the address outside" "198.51.100.20 archive.example.com." \
    "$(dig_at archive.examples.svc.cluster.local A | paste -sd ' ')"
equal "without an address of that family: the alias alone" "archive.example.com." \
    "$(dig_at archive.examples.svc.cluster.local AAAA)"

# The cache: the TTL goes down, denials are kept, and the upstream hears nothing of it.
at_most "a short TTL is the zone's" 5 "$(ttl short.example.test A)"
at_most "a long one is cut to 30" 30 "$(ttl www.example.test A)"
first=$(ttl www.example.test A)
sleep 1.1
at_most "and goes down" $((first - 1)) "$(ttl www.example.test A)"
upstream_queries() {
    sed -n 's/^coredns_forward_requests_total{to="10.98.0.53:53"} //p' "$work/metrics"
}
scrape() { curl -sS --max-time 5 http://127.0.0.1:9153/metrics >"$work/metrics" || true; }
scrape
before=$(upstream_queries)
for _ in 1 2 3; do dig_at www.example.test A; dig_at none.example.test A; dig_at four.example.test AAAA; done >/dev/null
scrape
equal "what was asked before goes to no upstream" "$before" "$(upstream_queries)"
at_least "which the metrics counted" 1 "$before"

# Every client.
equal "dig +tcp" 198.51.100.7 "$(dig_at +tcp www.example.test A)"
equal "dig +noedns" 198.51.100.7 "$(dig_at +noedns www.example.test A)"
equal "dig +dnssec" 198.51.100.7 "$(dig_at +dnssec www.example.test A)"
equal "dig +cookie, +subnet, +nsid" 198.51.100.7 "$(dig_at +cookie +subnet=192.0.2.0/24 +nsid www.example.test A)"
equal "dig +keepopen +tcp, two names" "198.51.100.4 198.51.100.7" \
    "$(dig +short +tcp +keepopen @127.0.0.1 www.example.test A four.example.test A | sort | paste -sd ' ')"
equal "drill" 198.51.100.7 "$(drill -Q www.example.test @127.0.0.1 A)"
equal "drill -t" 198.51.100.7 "$(drill -Q -t www.example.test @127.0.0.1 A)"
equal "kdig" 198.51.100.7 "$(kdig +short @127.0.0.1 www.example.test A)"
equal "kdig +tcp" 198.51.100.7 "$(kdig +short +tcp @127.0.0.1 www.example.test A)"
contains "nslookup" 198.51.100.7 "$(nslookup www.example.test 127.0.0.1 || true)"
contains "host" 198.51.100.7 "$(host www.example.test 127.0.0.1 || true)"
contains "a big answer is truncated over UDP" " tc " "$(dig +ignore +noall +comments @127.0.0.1 long.example.test TXT)"
equal "and whole over TCP" 15 "$(dig_at long.example.test TXT | wc -l)"
equal "kdig comes again over TCP by itself" 15 "$(kdig +short @127.0.0.1 long.example.test TXT 2>/dev/null | grep -c x)"

# glibc, with a Pod's resolv.conf; its search path ends at the name as it stands.
pod=("nameserver 127.0.0.1" "search default.svc.cluster.local svc.cluster.local cluster.local" "options ndots:5")
equal "getent ahosts: both families" "198.51.100.7 2001:db8:100::7" \
    "$(as_pod "${pod[@]}" -- getent ahosts www.example.test | awk '/STREAM/ { print $1 }' | sort | paste -sd ' ')"
equal "getent ahostsv4" 198.51.100.4 "$(as_pod "${pod[@]}" -- getent ahostsv4 four.example.test | awk '/STREAM/ { print $1 }')"
equal "getent hosts of a Service" 10.0.0.1 "$(as_pod "${pod[@]}" -- getent hosts kubernetes | awk '{ print $1 }')"
equal "getent hosts of a reverse name" www.example.test \
    "$(as_pod "${pod[@]}" -- getent hosts 198.51.100.7 | awk '{ print $2 }')"
equal "a name nobody has: getent's code 2" 2 "$(status_of as_pod "${pod[@]}" -- getent ahosts none.example.test)"
for option in use-vc single-request single-request-reopen rotate edns0; do
    equal "options $option" 198.51.100.7 \
        "$(as_pod "${pod[@]}" "options $option" -- getent ahostsv4 www.example.test | awk '/STREAM/ { print $1 }')"
done

# musl: A and AAAA from one socket at once. One is there and one is not; known before, and not known.
pair() { "$work/pairlookup" 127.0.0.1 53 "$1" 2>"$work/err" || true; }
equal "A and AAAA at once, both cached" "A 0 1 AAAA 0 1" "$(pair www.example.test)"
equal "both new" "A 0 1 AAAA 0 0" "$(pair new.wild.example.test)"
equal "neither there" "A 3 0 AAAA 3 0" "$(pair new.none.example.test)"
equal "in the cluster" "A 0 1 AAAA 0 0" "$(pair kubernetes.default.svc.cluster.local)"
probe --port 53 --name pair%.wild.example.test --rate 0 --count 300 --sockets 1
equal "300 at once from one port" 300 "$(loaded rcode0)"

# dnsmasq between us and the world, by a changed resolv.conf.
use_resolv_conf "nameserver 10.98.0.55"
through_dnsmasq() {
    dig_at "n$RANDOM$RANDOM.wild.example.test" A >/dev/null
    scrape
    grep -q '^coredns_forward_requests_total{to="10.98.0.55:53"} [1-9]' "$work/metrics"
}
if await 5 through_dnsmasq; then pass "resolv.conf is read again: dnsmasq is asked"; else fail "resolv.conf is read again"; fi
equal "and answers" 198.51.100.9 "$(dig_at through.wild.example.test A)"

# The names that dashboards read.
scrape
for metric in coredns_forward_requests_total coredns_forward_responses_total coredns_forward_request_duration_seconds_bucket \
    coredns_proxy_request_duration_seconds_bucket coredns_cache_entries coredns_cache_hits_total coredns_cache_misses_total \
    coredns_cache_requests_total coredns_forward_max_concurrent_rejects_total coredns_forward_healthcheck_broken_total; do
    if grep -q "^$metric[{ ]" "$work/metrics"; then pass "metric $metric"; else fail "metric $metric is there"; fi
done
contains "hits are counted by kind" 'type="denial"' "$(grep ^coredns_cache_hits_total "$work/metrics" || true)"
equal "nothing went wrong: no error in the log" "" "$(grep -i '\[ERROR\]' "$work/log" | grep -v SERVFAIL || true)"
# The lameduck time of five seconds is another scenario's subject.
kill -KILL "$server"
wait "$server" 2>/dev/null || true

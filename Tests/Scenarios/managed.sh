#!/usr/bin/env bash
# The Corefiles that managed clusters and distributions ship, less their API: imports, hosts, chaos, and what they set otherwise.
# shellcheck source=Tests/Scenarios/lib-network.sh
. "$(dirname "$0")/lib-network.sh"
# shellcheck source=Tests/Scenarios/fixtures/world.sh
. "$here/fixtures/world.sh"
start_world
use_resolv_conf "nameserver 10.98.0.53" "nameserver 10.98.0.55"
dig_at() { dig +short +tries=1 +time=5 -p "$port" @127.0.0.1 "$@" | sort; }
ttl() { dig +noall +answer +authority +tries=1 +time=5 -p "$port" @127.0.0.1 "$@" | awk '{ print $2; exit }'; }
# both WHAT: the cluster's names, and the world's.
both() {
    equal "$1: a Service" 10.0.162.149 "$(dig_at my-nginx.default.svc.cluster.local A)"
    equal "$1: a name of the world" 198.51.100.7 "$(dig_at www.example.test A)"
}
mkdir "$work/custom"

# AKS: github.com/Azure/AKS, the ConfigMap coredns; its customers' part is coredns-custom.
cat >"$work/custom/log.override" <<'PART'
log
PART
cat >"$work/custom/corp.server" <<PART
corp.test:53 {
    errors
    cache 30
    forward . 10.98.0.55
}
example.com:53 {
    errors
    forward . 10.98.0.53
}
PART
serve 53 <<COREFILE
.:53 {
    errors
    ready
    health {
      lameduck 0s
    }
    kubernetes cluster.local in-addr.arpa ip6.arpa {
      manifests $repository/Zones/services
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
      ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
    import custom/*.override
    template ANY ANY internal.cloudapp.net {
      match "^(?:[^.]+\.){4,}internal\.cloudapp\.net\.$"
      rcode NXDOMAIN
      fallthrough
    }
    template ANY ANY reddog.microsoft.com {
      rcode NXDOMAIN
    }
}
import custom/*.server
COREFILE
both AKS
equal "AKS: a server of the customer's" 198.51.100.20 "$(dig_at archive.example.com A)"
equal "AKS: a template" NXDOMAIN "$(status_word x.reddog.microsoft.com A)"
contains "AKS: an override takes part: the log line of a query" '"A IN www.example.test. udp' "$(cat "$work/log")"

# k3s: manifests/coredns.yaml.
rm "$work"/custom/*
printf '10.98.0.1 node-1\n10.98.0.2 node-2 node-2.lan\n' >"$work/NodeHosts"
serve 53 <<COREFILE
.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
      manifests $repository/Zones/services
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
    }
    hosts $work/NodeHosts {
      ttl 60
      reload 15s
      fallthrough
    }
    prometheus :9153
    cache 30
    loop
    reload
    loadbalance
    import $work/custom/*.override
    forward . /etc/resolv.conf
}
import $work/custom/*.server
COREFILE
both k3s
equal "k3s: a node" 10.98.0.2 "$(dig_at node-2 A)"
equal "k3s: with its TTL" 60 "$(ttl node-2.lan A)"
equal "k3s: its reverse name" node-1. "$(dig_at -x 10.98.0.1)"
equal "k3s: another reverse name" www.example.test. "$(dig_at -x 198.51.100.7)"

# OpenShift: cluster-dns-operator, its template of the Corefile.
serve 5353 <<COREFILE
example.com:5353 {
    prometheus 127.0.0.1:9153
    forward . 10.98.0.53 {
        policy random
    }
    errors
    log . {
        class error
    }
    bufsize 1232
    cache 900 {
        denial 9984 30
    }
}
.:5353 {
    bufsize 1232
    errors
    log . {
        class error
    }
    health {
        lameduck 0s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        manifests $repository/Zones/services
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
    }
    prometheus 127.0.0.1:9153
    forward . /etc/resolv.conf {
        policy sequential
    }
    cache 900 {
        denial 9984 30
    }
    reload
}
hostname.bind:5353 {
    chaos
}
COREFILE
both OpenShift
equal "OpenShift: a zone with its own servers" 198.51.100.20 "$(dig_at archive.example.com A)"
at_least "OpenShift: a TTL above 30 is kept" 250 "$(ttl www.example.test A)"
at_most "OpenShift: a denial's is not" 30 "$(ttl none.example.test A)"
contains "OpenShift: hostname.bind" '"' "$(dig_at CH TXT hostname.bind)"
lacks "OpenShift: class error logs no right answer" "www.example.test" "$(cat "$work/log")"
asked_at() { dig_at "n$RANDOM.wild.example.test" A; }
for _ in 1 2 3 4 5 6; do asked_at; done >/dev/null
equal "OpenShift: sequential asks the first alone" "" "$(curl -s http://127.0.0.1:9153/metrics |
    grep '^coredns_forward_requests_total{to="10.98.0.55:53"} [1-9]' || true)"

# Google and Amazon set less; what they set is here: bufsize 512, names of the VPC's server, a stub domain over TLS or TCP.
serve 53 <<COREFILE
.:53 {
    errors
    health
    kubernetes cluster.local in-addr.arpa ip6.arpa {
      manifests $repository/Zones/services
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
    }
    prometheus :9153
    bufsize 512
    forward . /etc/resolv.conf {
      prefer_udp
      policy round_robin
      except corp.test
    }
    cache 30
    loop
    reload
    loadbalance
}
COREFILE
both "bufsize 512"
contains "bufsize 512: a longer answer is truncated, whatever a client offers" " tc " \
    "$(dig +bufsize=4096 +ignore +noall +comments @127.0.0.1 long.example.test TXT)"
equal "bufsize 512: and whole over TCP" 15 "$(dig_at long.example.test TXT | wc -l)"
equal "except: a name that is not forwarded, and that nobody else here has" REFUSED "$(status_word www.corp.test A)"

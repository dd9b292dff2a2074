# Sourced by Scripts/bench: the same names as manifests for ours, as master files for the others, and as questions.
# All names of a question file have one length, so that the load can be cut from one buffer.
# shellcheck shell=bash

# write_zone_heads DIR: DIR/cluster.local.zone and DIR/10.in-addr.arpa.zone, with nothing in them yet.
write_zone_heads() {
    local zone
    for zone in cluster.local 10.in-addr.arpa; do
        cat >"$1/$zone.zone" <<ZONE
\$ORIGIN $zone.
\$TTL 5
@ SOA ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 5
@ NS ns.dns.cluster.local.
ZONE
    done
    echo "ns.dns A 127.0.0.1" >>"$1/cluster.local.zone"
}

# write_registry DIR: 10,000 Services of one address and one named port, in a hundred namespaces. DIR/services/ (YAML),
# DIR/*.zone, and the questions: DIR/questions (A), DIR/questions.AAAA, .NXDOMAIN, .PTR and .SRV.
write_registry() {
    mkdir -p "$1/services"
    write_zone_heads "$1"
    awk -v dir="$1" '
        function service(file, name, ns, ip) {
            printf "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: %s\n  namespace: %s\nspec:\n", name, ns > file
            printf "  clusterIP: %s\n  ports:\n    - name: http\n      port: 80\n      protocol: TCP\n", ip > file
            host = name "." ns ".svc"
            printf "%s A %s\n_http._tcp.%s SRV 0 100 80 %s\n", host, ip, host, host >> (dir "/cluster.local.zone")
        }
        BEGIN {
            questions = dir "/questions"
            printf "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: default\n" > (dir "/services/default.yaml")
            service(dir "/services/default.yaml", "kubernetes", "default", "10.0.0.1")
            for (i = 0; i < 10000; i++) {
                ns = sprintf("ns-%02d", i % 100); name = sprintf("svc-%05d", i)
                high = 100 + int(i / 100); low = 100 + i % 100
                file = dir "/services/" ns ".yaml"
                if (i < 100) printf "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: %s\n", ns > file
                service(file, name, ns, "10.0." high "." low)
                host = name "." ns ".svc.cluster.local"; pointer = low "." high ".0"
                print pointer, "PTR", host "." >> (dir "/10.in-addr.arpa.zone")
                print host, "A" > questions
                print host, "AAAA" > (questions ".AAAA")
                print "_http._tcp." host, "SRV" > (questions ".SRV")
                print pointer ".10.in-addr.arpa PTR" > (questions ".PTR")
                printf "x-%05d.example.com.default.svc.cluster.local A\n", i > (questions ".NXDOMAIN")
            }
        }' </dev/null
}

# write_headless_registry DIR: 10,000 headless Services of ten endpoints each: DIR/services/, DIR/*.zone, DIR/questions.
write_headless_registry() {
    mkdir -p "$1/services"
    write_zone_heads "$1"
    awk -v dir="$1" '
        BEGIN {
            zone = dir "/cluster.local.zone"
            for (i = 0; i < 10000; i++) {
                ns = sprintf("ns-%02d", i % 100); name = sprintf("svc-%05d", i); host = name "." ns ".svc"
                file = dir "/services/" ns ".yaml"
                if (i < 100) printf "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: %s\n", ns > file
                printf "---\n{apiVersion: v1, kind: Service, metadata: {name: %s, namespace: %s}, ", name, ns > file
                print "spec: {clusterIP: None, ports: [{name: http, port: 80, protocol: TCP}]}}" > file
                print "---\n{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, addressType: IPv4," > file
                printf "metadata: {name: %s-a, namespace: %s, labels: {kubernetes.io/service-name: %s}},\n", name, ns, name > file
                print "ports: [{name: http, port: 80, protocol: TCP}], endpoints: [" > file
                for (j = 0; j < 10; j++) {
                    n = i * 10 + j
                    a = 100 + int(n / 10000); b = 100 + int(n / 100) % 100; c = 100 + n % 100
                    printf "{addresses: [10.%d.%d.%d], conditions: {ready: true}},\n", a, b, c > file
                    own = "10-" a "-" b "-" c "." host; ip = "10." a "." b "." c
                    printf "%s A %s\n%s A %s\n_http._tcp.%s SRV 0 10 80 %s\n", host, ip, own, ip, host, own >> zone
                    printf "%d.%d.%d PTR %s.cluster.local.\n", c, b, a, own >> (dir "/10.in-addr.arpa.zone")
                }
                print "]}" > file
                print host ".cluster.local", "A" > (dir "/questions")
            }
        }' </dev/null
}

# write_corefile FILE SOURCE PORT [UPSTREAM [CACHE [LINE]]]: SOURCE is a folder of manifests or a kubeconfig file. With
# UPSTREAM, a port, every directive that kubeadm writes is there; CACHE is what stands behind `cache` [30], LINE one more.
write_corefile() {
    local state=${1%/*}/registry.sqlite from="kubeconfig $2"
    [ -f "$2" ] || printf -v from 'manifests %s\n        service_cidr 10.0.0.0/16 fd00:10::/108\n        state %s' "$2" "$state"
    cat >"$1" <<COREFILE
.:$3 {
    bind 127.0.0.1
    errors
    health 127.0.0.1:$(($3 + 1))
    ready 127.0.0.1:$(($3 + 2))
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        $from
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 5
    }
    prometheus 127.0.0.1:$(($3 + 3))
${4:+    forward . 127.0.0.1:$4
    cache ${5:-30}
    loop
    reload
}${6:+    $6
}    loadbalance
}
COREFILE
}

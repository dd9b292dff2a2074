# Sourced by Scripts/bench: the set of rows with a million names, beside our own figure for 10,000.
# shellcheck shell=bash disable=SC2034,SC2154

# write_million_registry DIR: 100,000 Services, and 900 headless ones with a slice of 1,000 named endpoints each.
# DIR/services/, DIR/*.zone, DIR/questions. Ports have no names, so that there are no SRV names on top.
write_million_registry() {
    mkdir -p "$1/services"
    write_zone_heads "$1"
    awk -v dir="$1" '
        function meta(kind, version, name, ns) {
            return "---\n{kind: " kind ", apiVersion: " version ", metadata: {name: " name ", namespace: " ns
        }
        function add(host, ip) {
            print host, "A", ip >> (dir "/cluster.local.zone")
            print host ".cluster.local", "A" > (dir "/questions")
        }
        BEGIN {
            for (i = 0; i < 100000; i++) {
                ns = sprintf("ns-%02d", i % 100); name = sprintf("service-%05d", i)
                ip = "10." (1 + int(i / 40000)) "." (int(i / 200) % 200) "." (1 + i % 200)
                file = dir "/services/" ns ".yaml"
                if (i < 100) printf "{kind: Namespace, apiVersion: v1, metadata: {name: %s}}\n", ns > file
                print meta("Service", "v1", name, ns) "}, spec: {clusterIP: " ip ", ports: [{port: 80, protocol: TCP}]}}" > file
                add(name "." ns ".svc", ip)
            }
            for (i = 0; i < 900; i++) {
                ns = sprintf("ns-%02d", i % 100); name = sprintf("head-%03d", i)
                file = dir "/services/" ns ".yaml"
                print meta("Service", "v1", name, ns) "}, spec: {clusterIP: None, ports: [{port: 80, protocol: TCP}]}}" > file
                print meta("EndpointSlice", "discovery.k8s.io/v1", name "-a", ns) ", labels: {kubernetes.io/service-name:" > file
                print name "}}, addressType: IPv4, ports: [{port: 80, protocol: TCP}], endpoints: [" > file
                for (j = 0; j < 1000; j++) {
                    n = i * 1000 + j; host = sprintf("e%03d", j)
                    ip = "10." (100 + int(n / 40000)) "." (int(n / 200) % 200) "." (1 + n % 200)
                    print "{addresses: [" ip "], hostname: " host ", conditions: {ready: true}}," > file
                    add(host "." name "." ns ".svc", ip)
                }
                print "]}" > file
            }
        }' </dev/null
}

# `small` is another clusterdns, with the 10,000 names of the other rows.
set_begin_million() {
    local name before took kib patience=600
    write_million_registry "$work/million"
    set_choose ours knot nsd pdns coredns
    questions=$work/million/questions
    for name in "${set_servers[@]:1}"; do
        before=${EPOCHREALTIME/./}
        set_start_zone "$name" "$work/million"
        took=$(((${EPOCHREALTIME/./} - before) / 1000))
        echo "MILLION: $name answers after $took ms"
        figures+=("\"million_${name}_ready_ms\": $took")
    done
    measures ours || return 0
    kib=$(awk '/^RssAnon:/ { print $2 }' "/proc/${pid[ours]}/status")
    echo "MILLION: ours has $((kib / 1024)) MiB of its own (RssAnon)"
    figures+=("\"million_rss_anon_kib\": $kib")
    set_servers+=(small)
    questions=$work/questions
    write_corefile "$work/small.Corefile" "$work/services" "${port[small]}" "${port[upstream]}"
    start small "$server" -conf "$work/small.Corefile"
    questions=$work/million/questions
}

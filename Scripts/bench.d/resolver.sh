# Sourced by Scripts/bench for `Scripts/bench resolver`: names from elsewhere, cached and not, beside other resolvers.
# Takes `work`, `server`, `rounds`, `seconds`, `json`, `measures`, `start`, `measure` and the like from there.
# shellcheck shell=bash disable=SC2154

# The bars of README.md, "Measurements". 20,000 new names a second and core are 50 us each where the echo takes 3.1 us,
# on the machine that the bars are from; elsewhere the ratio says the same.
resolver_limit_ratio=1.35 resolver_limit_kib=$((60 * 1024)) resolver_limit_misses=16.1
resolver_hit_count=10000 resolver_kept_count=100000 resolver_miss_count=50000

# resolver_write_upstream DIR PORT: NSD with a zone in which every name exists.
resolver_write_upstream() {
    mkdir -p "$1/upstream"
    cat >"$1/upstream/wild.test.zone" <<'ZONE'
$ORIGIN wild.test.
$TTL 86400
@ SOA ns hostmaster 1 7200 1800 86400 60
@ NS ns
ns A 127.0.0.1
* A 192.0.2.1
ZONE
    write_nsd_config "$1/upstream.conf" "$1/upstream" "$2" wild.test
}

# resolver_write_corefile FILE PORT UPSTREAM [LINE]...
resolver_write_corefile() {
    cat >"$1" <<COREFILE
.:$2 {
    bind 127.0.0.1
    errors
    forward . 127.0.0.1:$3
    cache 3600 {
        success 250000
    }
    loop
    prometheus 127.0.0.1:$(($2 + 1))
}
COREFILE
}

# One thread, no validation, room for all names: like ours.
resolver_write_unbound() {
    cat >"$1" <<CONFIG
server:
    directory: "$work"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: ""
    interface: 127.0.0.1
    port: $2
    do-ip6: no
    do-not-query-localhost: no
    num-threads: 1
    module-config: "iterator"
    minimal-responses: yes
    msg-cache-size: 128m
    rrset-cache-size: 128m
    outgoing-range: 4096
    num-queries-per-thread: 2048
    local-zone: "test." nodefault
forward-zone:
    name: "."
    forward-addr: 127.0.0.1@$3
CONFIG
}

resolver_write_pdns() {
    mkdir -p "$work/pdns"
    cat >"$work/pdns/recursor.conf" <<CONFIG
daemon=no
local-address=127.0.0.1
local-port=$1
socket-dir=$work/pdns
threads=1
pdns-distributes-queries=no
distributor-threads=0
dnssec=off
dont-query=
forward-zones-recurse=.=127.0.0.1:$2
max-cache-entries=1000000
max-packetcache-entries=500000
packetcache-ttl=86400
max-mthreads=4096
quiet=yes
disable-syslog=yes
loglevel=3
version-string=none
hint-file=
security-poll-suffix=
CONFIG
}

resolver_write_coredns() {
    cat >"$1" <<COREFILE
.:$2 {
    bind 127.0.0.1
    errors
    forward . 127.0.0.1:$3
    cache 3600 {
        success 250000
    }
    prometheus 127.0.0.1:$(($2 + 1))
}
COREFILE
}

# resolver_start NAME: runs it with an empty cache.
resolver_start() {
    local upstream=${port[upstream]} at=${port[$1]}
    case $1 in
        ours)
            resolver_write_corefile "$work/resolver.Corefile" "$at" "$upstream"
            start ours "$server" -conf "$work/resolver.Corefile"
            ;;
        unbound)
            resolver_write_unbound "$work/unbound.conf" "$at" "$upstream"
            start unbound unbound -d -c "$work/unbound.conf"
            ;;
        dnsmasq)
            start dnsmasq dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --bind-interfaces \
                --listen-address=127.0.0.1 --port="$at" --server="127.0.0.1#$upstream" --cache-size=250000 \
                --dns-forward-max=2000 --user=root --group= --pid-file= --log-facility=-
            ;;
        pdns)
            resolver_write_pdns "$at" "$upstream"
            start pdns pdns_recursor --config-dir="$work/pdns"
            ;;
        coredns)
            resolver_write_coredns "$work/coredns.Corefile" "$at" "$upstream"
            GOMAXPROCS=1 start coredns "$COREDNS" -conf "$work/coredns.Corefile"
            ;;
    esac
}

resolver_stop() {
    kill "${pid[$1]}"
    wait "${pid[$1]}" 2>/dev/null || true
}

# resolver_ask NAME FIRST COUNT LABEL [WINDOW]: asks for COUNT names once each; sets `line`.
resolver_ask() {
    line=$(taskset -c "$load_cpu" "$work/dnsprobe" --port "${port[$1]}" --name "n%.$4.wild.test" --first "$2" --count "$3" \
        --rate 0 --window "${5:-200}" --sockets 16 --deadline 3 --pid "$(process_tree "${pid[$1]}")") || line='qps=0 right_percent=0'
}

resolver_anon() {
    local one total=0
    for one in $(process_tree "${pid[$1]}" | tr , ' '); do
        total=$((total + $(awk '/^RssAnon:/ { print $2 }' "/proc/$one/status")))
    done
    echo "$total"
}

# Cached names: CPU per query, in ratios to the echo of the same round.
resolver_hits() {
    local name us echo_us
    echo "Cached names: $resolver_hit_count, all asked for before"
    for name in "${resolvers[@]}"; do
        resolver_start "$name"
        resolver_ask "$name" "$resolver_hit_count" "$resolver_hit_count" hit
        resolver_ask "$name" "$resolver_hit_count" "$resolver_hit_count" hit
        [ "$(field right_percent "$line")" = 100.000 ] || echo "  note: $name did not answer all names: $line"
    done
    for ((round = 1; round <= rounds; round++)); do
        for name in echo "${resolvers[@]}"; do
            line=$(measure "$name") || { echo "bench: $name answered nothing in round $round" >&2; exit 1; }
            [ "$(field lost "$line")" = 0 ] || echo "  note: $name lost $(field lost "$line") queries in round $round"
            us=$(field cpu_us_per_query "$line")
            [ "$name" != echo ] || echo_us=$us
            echo "$us" >>"$work/$name.us"
            awk -v a="$us" -v b="$echo_us" 'BEGIN { printf "%.4f\n", a / b }' >>"$work/$name.ratio"
            printf 'round %d  %-8s %7.3f us  %8.0f queries/s  busy %.2f\n' "$round" "$name" "$us" \
                "$(field qps "$line")" "$(field server_busy "$line")"
        done
    done
    for name in "${resolvers[@]}"; do resolver_stop "$name"; done
}

# Names nobody asked for before, from a server with an empty cache; then the memory of many names.
resolver_misses() {
    local name
    echo "New names, each asked of NSD: $resolver_miss_count a round"
    for name in "${resolvers[@]}"; do resolver_start "$name"; done
    for ((round = 1; round <= rounds; round++)); do
        for name in "${resolvers[@]}"; do
            resolver_ask "$name" "$((100000 + round * resolver_miss_count))" "$resolver_miss_count" "miss"
            field cpu_us_per_query "$line" >>"$work/$name.miss"
            printf 'round %d  %-8s %7.3f us  %8.0f queries/s  right %s %%  p99 %s ms\n' "$round" "$name" \
                "$(field cpu_us_per_query "$line")" "$(field qps "$line")" "$(field right_percent "$line")" \
                "$(field p99_ms "$line")"
        done
    done
    for name in "${resolvers[@]}"; do resolver_stop "$name"; done
}

# resolver_memory NAME: sets `kept_kib` with 100,000 names, and `kept_percent`, those answered while the upstream stands still.
resolver_memory() {
    resolver_start "$1"
    resolver_ask "$1" "$resolver_kept_count" "$resolver_kept_count" kept
    sleep 1
    kept_kib=$(resolver_anon "$1")
    kill -STOP "${pid[upstream]}"
    resolver_ask "$1" "$resolver_kept_count" "$resolver_kept_count" kept
    kill -CONT "${pid[upstream]}"
    kept_percent=$(field right_percent "$line")
    resolver_stop "$1"
}

# resolver_row LABEL VALUE UNIT [LIMIT most|least]
resolver_row() {
    local verdict=''
    case ${5-} in
        most) verdict=$(awk -v v="$2" -v l="$4" 'BEGIN { print (v <= l) ? "reached" : "MISSED" }') ;;
        least) verdict=$(awk -v v="$2" -v l="$4" 'BEGIN { print (v >= l) ? "reached" : "MISSED" }') ;;
    esac
    printf '%-58s %10.2f %-9s %s\n' "$1" "$2" "$3" "${5:+at $5 $4: $verdict}"
    [ "$verdict" != MISSED ] || missed=$((missed + 1))
    entries+=("\"$1\": $2")
}

resolver_report() {
    local name middle_us low_us high_us
    declare -A middle low high
    echo
    for name in echo "${resolvers[@]}"; do
        read -r "middle[$name]" "low[$name]" "high[$name]" < <(summary <"$work/$name.ratio")
        read -r middle_us _ < <(summary <"$work/$name.us")
        printf '%-8s cached: %.2f x echo (%.2f to %.2f), %.3f us a query\n' "$name" "${middle[$name]}" "${low[$name]}" \
            "${high[$name]}" "$middle_us"
        entries+=("\"$name\": {\"ratio\": ${middle[$name]}, \"lowest\": ${low[$name]}, \"highest\": ${high[$name]}}")
    done
    for name in "${resolvers[@]}"; do
        read -r middle_us low_us high_us < <(summary <"$work/$name.miss")
        printf '%-8s new: %.0f a second and core (%.0f to %.0f), %.2f us each\n' "$name" \
            "$(awk -v u="$middle_us" 'BEGIN { print 1e6 / u }')" "$(awk -v u="$high_us" 'BEGIN { print 1e6 / u }')" \
            "$(awk -v u="$low_us" 'BEGIN { print 1e6 / u }')" "$middle_us"
        entries+=("\"$name new us\": $middle_us")
    done
    if measures ours; then
        for name in "${resolvers[@]}"; do
            [ "$name" = ours ] || echo "Below $name, cached: $(below "${low[ours]}" "${high[ours]}" "${low[$name]}" "${high[$name]}")"
        done
        resolver_row "cached, x echo" "${middle[ours]}" '' "$resolver_limit_ratio" most
        read -r middle_us _ < <(summary <"$work/echo.us")
        resolver_row "new, x echo" "$(summary <"$work/ours.miss" | awk -v e="$middle_us" '{ print $1 / e }')" '' \
            "$resolver_limit_misses" most
    fi
}

# The whole of `Scripts/bench resolver`.
measure_resolver() {
    local missed=0 name resolvers=("${subjects[@]:1}")
    find_ports 27000
    port=([echo]=$found [upstream]=$((found + 1)) [unbound]=$((found + 2)) [dnsmasq]=$((found + 3)) [pdns]=$((found + 4))
        [ours]=$((found + 5)) [coredns]=$((found + 7)) [dot]=$((found + 9)))
    for ((i = 0; i < resolver_hit_count; i++)); do echo "n$((resolver_hit_count + i)).hit.wild.test A"; done >"$work/questions"
    resolver_write_upstream "$work" "${port[upstream]}"
    # The upstream shares the load's CPU; what is measured is CPU time of the resolver.
    local servers=$server_cpu
    server_cpu=$load_cpu
    start upstream nsd -d -c "$work/upstream.conf"
    server_cpu=$servers
    start echo "$work/udpecho" --port "${port[echo]}"
    resolver_hits
    resolver_misses
    resolver_report
    for name in "${resolvers[@]}"; do
        resolver_memory "$name"
        case $name in
            ours)
                resolver_row "100,000 names: memory of its own (RssAnon), KiB" "$kept_kib" KiB "$resolver_limit_kib" most
                resolver_row "100,000 names: answered without the upstream" "$kept_percent" '%' 99.9 least
                ;;
            *) resolver_row "100,000 names: $name" "$kept_kib" "KiB, $kept_percent % kept" ;;
        esac
    done
    if measures ours; then measure_dot; fi
    if [ -n "$json" ]; then
        joined=$(printf ', %s' "${entries[@]}")
        echo "{\"rounds\": $rounds${joined}}" >"$json"
        echo "Figures written to $json"
    fi
    [ "$missed" -eq 0 ] || { echo "bench: $missed bars were missed"; exit 1; }
}

# Sourced by Scripts/bench for `Scripts/bench resolver`: DNS over TLS, what pipelining and resumption save (RFC 7766, 7858).
# Takes `work`, `server`, `seconds`, `port`, `pid`, `start`, `resolver_row` and the like from there.
# shellcheck shell=bash disable=SC2154

# dot_start NAME: serves over TLS too, with the certificate in $work.
dot_start() {
    case $1 in
        ours)
            resolver_write_corefile "$work/dot.Corefile" "${port[ours]}" "${port[upstream]}"
            sed -i "s|^\.:${port[ours]} {|.:${port[ours]} tls://.:${port[dot]} {\n    tls $work/dot.pem $work/dot.key|" \
                "$work/dot.Corefile"
            start ours "$server" -conf "$work/dot.Corefile"
            ;;
        unbound)
            resolver_write_unbound "$work/dot.conf" "${port[unbound]}" "${port[upstream]}"
            sed -i "s|^server:|server:\n    interface: 127.0.0.1@${port[dot]}\n    tls-port: ${port[dot]}\n    tls-service-key: $work/dot.key\n    tls-service-pem: $work/dot.pem\n    incoming-num-tcp: 100|" \
                "$work/dot.conf"
            start unbound unbound -d -c "$work/dot.conf"
            ;;
    esac
}

# dot_cpu_us NAME: user and system time so far, in microseconds.
dot_cpu_us() {
    awk -v tick="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print int(($12 + $13) * 1e6 / tick) }' "/proc/${pid[$1]}/stat"
}

# dot_query NAME IN_FLIGHT: one connection, so many queries under way; sets `dot_rate` and `dot_us`.
dot_query() {
    local before after out count
    before=$(dot_cpu_us "$1")
    out=$(taskset -c "$load_cpu" dnsperf -m dot -s 127.0.0.1 -p "${port[dot]}" -d "$work/questions" -c 1 -T 1 -q "$2" -l "$seconds" 2>&1)
    after=$(dot_cpu_us "$1")
    count=$(awk '/Queries completed:/ { print $3 }' <<<"$out")
    dot_rate=$(awk '/Queries per second:/ { print $4 }' <<<"$out")
    dot_us=$(awk -v a="$before" -v b="$after" -v n="${count:-0}" 'BEGIN { print (n > 0 ? (b - a) / n : 0) }')
}

# dot_handshake NAME new|reuse: one connection after the other; sets `dot_us`, the CPU time of each.
dot_handshake() {
    local before after out count
    before=$(dot_cpu_us "$1")
    out=$(taskset -c "$load_cpu" openssl s_time -connect "127.0.0.1:${port[dot]}" "-$2" -tls1_2 -time 3 </dev/null 2>&1 || true)
    after=$(dot_cpu_us "$1")
    count=$(awk '/connections in .* real seconds/ { print $1 }' <<<"$out")
    dot_us=$(awk -v a="$before" -v b="$after" -v n="${count:-0}" 'BEGIN { print (n > 0 ? (b - a) / n : 0) }')
}

# dot_measure NAME: its rows.
dot_measure() {
    dot_query "$1" 100  # the answers come into the cache
    dot_query "$1" 1
    resolver_row "DoT, $1: one query after the other" "$dot_us" "us each, ${dot_rate%.*} a second"
    dot_query "$1" 100
    resolver_row "DoT, $1: 100 pipelined" "$dot_us" "us each, ${dot_rate%.*} a second"
    dot_handshake "$1" new
    resolver_row "DoT, $1: a full handshake (TLS 1.2)" "$dot_us" us
    dot_handshake "$1" reuse
    resolver_row "DoT, $1: a resumed one" "$dot_us" us
}

# The rows of DoT: ours, and Unbound beside it.
measure_dot() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=bench.test \
        -keyout "$work/dot.key" -out "$work/dot.pem" 2>/dev/null
    local name
    for name in "${resolvers[@]}"; do
        case $name in
            ours | unbound)
                dot_start "$name"
                dot_measure "$name"
                resolver_stop "$name"
                ;;
        esac
    done
}

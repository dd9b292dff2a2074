# Sourced by Scripts/bench for its default subject: CPU time per query, a row for each kind of question.
# Takes `work`, `rounds`, `seconds`, `warmup`, `json`, `only`, `measures`, `start`, `field`, `summary`, `below` and the like
# from there; sets.sh, static.sh, million.sh and changes.sh start the servers of each row.
# shellcheck shell=bash disable=SC2034,SC2154

# ROW, SET (rows of one set share their servers), what each reply must have (RCODE, answers and, where it matters, the least
# number of additional records), the BAR of README.md, "Measurements" (the highest ratio to the echo), and what is asked.
rows_table='
A        names    0,1   1.12 A of 10,000 Services
PORTS    names    0,1   1.12 the same, each of 64 queries from a port of its own, so that no two answers can leave together
AAAA     names    0,0   1.15 AAAA of the same names: NODATA
NXDOMAIN names    3,0   1.15 A of x-NNNNN.example.com.default.svc.cluster.local: NXDOMAIN
PTR      names    0,1   1.15 PTR of the 10,000 addresses
SRV      names    0,1,1 1.25 SRV of the 10,000 named ports, with glue, which NSD with minimal answers leaves out
TCP      names    0,1   -    A of 10,000 Services over 100 TCP connections, 10 in flight on each; the echo is UDP
HEADLESS headless 0,10  1.25 A of 10,000 headless Services with ten endpoints
CACHED   cached   0,1   1.25 A of 10,000 forwarded names, all in the cache
MILLION  million  0,1   1.35 A of 1,000,000 names
STATIC   static   0,1   1.2  A of 10,000 names of a master file
STATIC-WILDCARD static 0,1   1.35 A of 10,000 names that 1,000 wildcards of the same file stand for
STATIC-REFERRAL static 0,0,2 1.35 A of 10,000 names below 1,000 zone cuts of the same file: two servers, with glue
STATIC-MILLION static_million 0,1 1.35 A of 200,000 out of 1,000,000 names of a master file
CHANGES  changes  0,1   -    A of 10,000 Services, without and with 1,000 endpoint changes a second
'
rows_window=64

# rows_choose: makes `rows` a list of rows that there are, and the rounds shorter, as there are many rows.
rows_choose() {
    local row all light=A,PORTS,AAAA,NXDOMAIN,PTR,SRV,TCP,HEADLESS,CACHED,STATIC,STATIC-WILDCARD,STATIC-REFERRAL
    all=$(awk 'NF { printf ",%s", $1 }' <<<"$rows_table")
    rows=${rows:-$([ -n "$quick" ] && echo "$light" || echo "${all#,}")}
    for row in ${rows//,/ }; do
        [[ $all, = *,$row,* ]] || fail "there is no row $row; there are ${all#,}"
    done
    seconds=2
    if [ -n "$quick" ]; then seconds=0.5 warmup=0.1; fi
}

# rows_of SET: the chosen rows of it, in the order of the table.
rows_of() { awk -v set="$1" -v chosen=",$rows," '$2 == set && index(chosen, "," $1 ",") { print $1 }' <<<"$rows_table"; }

# rows_load NAME ROW EXPECTED: loads a server for one round; prints the line of the load generator.
rows_load() {
    local options=(--port "${port[$1]}" --pid "$(process_tree "${pid[$1]}")" --seconds "$seconds" --warmup "$warmup"
        --seed "$RANDOM" --queries "$(set_questions "$1" "$2")")
    case $1,$2 in
        echo,*) ;;  # its replies are the questions
        nsd,SRV) options+=(--expect "${3%,*}") ;;
        *) options+=(--expect "$3") ;;
    esac
    [ "$2" != CHANGES ] || [ "$1" = echo ] || options+=(--threads udp-)
    [ "$2" != PORTS ] || options+=(--sockets "$rows_window")
    if [ "$2" = TCP ] && [ "$1" != echo ]; then
        taskset -c "$load_cpu" "${first[@]}" "$work/tcpload" "${options[@]}" --connections 100 --depth 10
    else
        taskset -c "$load_cpu" "${first[@]}" "$work/udpload" "${options[@]}" --window "$rows_window" --gso
    fi
}

# rows_round ROW EXPECTED: every server once. $work/ROW.NAME.us, .ratio and .qps get a line each.
rows_round() {
    local name line us echo_us
    for name in "${set_servers[@]}"; do
        [ "$name" != changing ] || changes_begin
        line=$(rows_load "$name" "$1" "$2") || fail "row $1: $name did not answer as it must: $line"
        [ "$name" != changing ] || changes_end
        [ "$(field lost "$line")" = 0 ] || echo "  note: $name lost $(field lost "$line") queries"
        us=$(field cpu_us_per_query "$line")
        [ "$name" != echo ] || echo_us=$us
        echo "$us" >>"$work/$1.$name.us"
        awk -v a="$us" -v b="$echo_us" 'BEGIN { printf "%.4f\n", a / b }' >>"$work/$1.$name.ratio"
        field qps "$line" >>"$work/$1.$name.qps"
        field thread_us_per_query "$line" >>"$work/$1.$name.thread"
    done
}

# rows_judge LIMIT LOW HIGH: sets `reached` to whether all rounds kept to it, none did, or neither.
rows_judge() {
    local limit
    limit=$(awk -v l="$1" 'BEGIN { print l + 0.00005 }')
    reached=$(below "$2" "$3" "$limit" "$limit")
}

# rows_own ROW NAME OTHER LIMIT LABEL [FIGURE]: our figure under one condition by our figure under another, round by round.
rows_own() {
    local middle low high reached figure=${6:-us}
    read -r middle low high < <(paste "$work/$1.$2.$figure" "$work/$1.$3.$figure" | awk '{ printf "%.4f\n", $1 / $2 }' | summary)
    rows_judge "$4" "$low" "$high"
    printf '  %s: %.2f x (%.2f to %.2f), at most %s: %s\n' "$5" "$middle" "$low" "$high" "$4" "$reached"
    row_parts+=("\"own_$figure\": {\"ratio\": $middle, \"lowest\": $low, \"highest\": $high, \"bar\": $4, \"reached\": \"$reached\"}")
}

# rows_report ROW BAR: its lines, and its part of the JSON.
rows_report() {
    local name middle us qps reached row_parts=()
    declare -A low high
    for name in "${set_servers[@]}"; do
        read -r middle "low[$name]" "high[$name]" < <(summary <"$work/$1.$name.ratio")
        read -r us _ < <(summary <"$work/$1.$name.us")
        read -r qps _ < <(summary <"$work/$1.$name.qps")
        printf '  %-8s %5.2f x echo (%.2f to %.2f), %7.3f us a query, %7.0f queries/s\n' \
            "$name" "$middle" "${low[$name]}" "${high[$name]}" "$us" "$qps"
        row_parts+=("\"$name\": {\"ratio\": $middle, \"lowest\": ${low[$name]}, \"highest\": ${high[$name]}, \"cpu_us_per_query\": $us}")
    done
    if measures ours; then
        if [ "$2" != - ]; then
            rows_judge "$2" "${low[ours]}" "${high[ours]}"
            echo "  ours at most $2 x echo: $reached"
            row_parts+=("\"bar\": $2" "\"reached\": \"$reached\"")
        fi
        for name in "${set_servers[@]}"; do
            case $name in
                echo | ours) ;;
                small) rows_own "$1" ours small 1.2 "ours with a million names by ours with 10,000" ;;
                changing)
                    rows_own "$1" changing ours 1.1 "ours with changes by ours without, the whole process"
                    rows_own "$1" changing ours 1.1 "the same, the threads that answer" thread
                    ;;
                *) echo "  ours below $name: $(below "${low[ours]}" "${high[ours]}" "${low[$name]}" "${high[$name]}")" ;;
            esac
        done
    fi
    entries+=("\"$1\": {$(joined "${row_parts[@]}")}")
}

# rows_measure ROW: all its rounds.
rows_measure() {
    local expected bar title round
    read -r expected bar title < <(awk -v row="$1" '$1 == row { $1 = $2 = ""; print }' <<<"$rows_table")
    echo "$1: $title"
    for ((round = 1; round <= rounds; round++)); do rows_round "$1" "$expected"; done
    rows_report "$1" "$bar"
}

# The default subject of Scripts/bench.
measure_rows() {
    local set row
    echo "CPUs: servers on $server_cpu, load on $load_cpu; load average $(cut -d' ' -f1-3 /proc/loadavg)"
    if chrt -r 5 true 2>/dev/null; then first=(chrt -r 5); fi
    echo "$rounds rounds of $seconds s${first:+ at real-time priority}; over UDP $rows_window queries are in flight"
    sets_prepare
    for set in names headless cached static million static_million changes; do
        [ -n "$(rows_of "$set")" ] || continue
        "set_begin_$set"
        for row in $(rows_of "$set"); do rows_measure "$row"; done
        [ "$set" != changes ] || changes_latency
        set_end
    done
    if measures ours; then
        measure_start
        figures+=("\"start_ms\": $start_ms" "\"rss_anon_kib\": $rss_anon" "\"rss_kib\": $rss")
    fi
    if [ -n "$json" ]; then
        joined "\"rounds\": $rounds" "\"seconds\": $seconds" "\"rows\": {$(joined "${entries[@]}")}" "${figures[@]}" |
            sed 's/.*/{&}/' >"$json"
        echo "Figures written to $json"
    fi
}

# Sourced by Scripts/bench for `Scripts/bench latency`: how long answers take at fixed rates, beside Knot and NSD.
# Takes `work`, `server`, `rounds`, `seconds`, `json`, `svg`, `subjects`, `start`, `field`, `below` and the like from there.
# shellcheck shell=bash disable=SC2154

latency_rates=(10000 50000 100000)
latency_percentiles=(p50 p90 p99 p999)
# So often is a round measured in which the load itself came late.
latency_tries=3

# Goes before the load: real-time priority where it is ours to have, above that of `registry`, so that a simulated API
# server or a writer does not hold up the load. The load rests often enough to keep it.
latency_first=() latency_priority=6

# latency_take_priority PID...: the same priority for all threads of these servers, or a sentence.
latency_take_priority() {
    local one
    latency_first=()
    if ! chrt -r "$latency_priority" true 2>/dev/null; then
        echo "No right to real-time priority: other work on this machine counts"
        return
    fi
    latency_first=(chrt -r "$latency_priority")
    for one in "$@"; do chrt -a -r -p "$latency_priority" "$one" >/dev/null; done
}

# latency_at PORT RATE SECONDS [QUESTIONS]: asks the server that listens on 127.0.0.1:PORT so many queries a second,
# from $load_cpu, for so many seconds; QUESTIONS is a file of "NAME TYPE" lines [$work/questions]. Sets
#   latency_line   openload's line: `field p50_us "$latency_line"` and so on, see openload.c for the names
#   p999_us        p99.9 in microseconds, from the scheduled time of a query to its answer; a lost one took 1,000,000
#   latency_late   how many tries were thrown away, of at most two: the load came late, so it says little about the server
# and returns 1 where nothing was answered. Where even the third try came late, `kept=no` stands in its line. Before
# it, `latency_take_priority PID...` once gives the servers and the load real-time priority. To compare two states
# of a server, call it for both in turn, several times, and let `summary` and `below` judge the figures.
latency_at() {
    for ((latency_late = 0; ; latency_late++)); do
        latency_line=$("${latency_first[@]}" taskset -c "$load_cpu" "$work/openload" --port "$1" --rate "$2" \
            --seconds "$3" --queries "${4:-$work/questions}" --seed "$RANDOM") || return 1
        p999_us=$(field p999_us "$latency_line")
        case $latency_line in *kept=yes*) return ;; esac
        [ $((latency_late + 1)) -lt "$latency_tries" ] || return 0
    done
}

# latency_round NAME RATE: one round's figures, into files.
latency_round() {
    local percentile files=$work/latency.$1.$2
    latency_at "${port[$1]}" "$2" "$seconds" || { echo "bench: $1 answered nothing at $2 queries a second" >&2; exit 1; }
    [ "$(field rcode0 "$latency_line")" = "$(field answered "$latency_line")" ] ||
        echo "  note: not all answers of $1 have RCODE 0: $latency_line"
    for percentile in "${latency_percentiles[@]}"; do
        field "${percentile}_us" "$latency_line" >>"$files.$percentile"
    done
    field lost "$latency_line" >>"$files.lost"
    field behind_p999_us "$latency_line" >>"$files.behind"
    case $latency_line in *kept=no*) echo late >>"$files.unkept" ;; esac
    printf 'round %d  %-5s %6d q/s  p50 %7.1f  p90 %7.1f  p99 %7.1f  p99.9 %9.1f us  lost %s  load behind %s us%s\n' \
        "$round" "$1" "$2" "$(field p50_us "$latency_line")" "$(field p90_us "$latency_line")" \
        "$(field p99_us "$latency_line")" "$p999_us" "$(field lost "$latency_line")" \
        "$(field behind_p999_us "$latency_line")" "${latency_late:+$(latency_note)}"
}

latency_note() {
    case $latency_line in
        *kept=no*) echo "  TOO LATE" ;;
        *) [ "$latency_late" -eq 0 ] || echo "  at try $((latency_late + 1))" ;;
    esac
}

# latency_row RATE NAME: a line of the table; keeps what the plot, the verdicts and the JSON are made of.
latency_row() {
    local files=$work/latency.$2.$1 percentile middle low high label cells='' figures='' lost behind unkept=0
    case $2 in ours) label=clusterdns ;; knot) label=Knot ;; nsd) label=NSD ;; *) label=$2 ;; esac
    for percentile in "${latency_percentiles[@]}"; do
        read -r middle low high < <(summary <"$files.$percentile")
        echo "$low $high" >"$files.$percentile.range"
        cells+=$(awk -v m="$middle" -v l="$low" -v h="$high" 'BEGIN {
            f = h < 100 ? "%.1f" : "%.0f"; printf "  %-22s", sprintf(f " (" f "-" f ")", m, l, h) }')
        figures+="\"${percentile}_us\": {\"median\": $middle, \"lowest\": $low, \"highest\": $high}, "
        case $percentile in
            p50) printf '%s/p50\t%s\t%s\t%s\t%s\n' "$label" "$1" "$middle" "$low" "$high" >>"$work/latency.plot" ;;
            p999) printf '%s/p99.9\t%s\t%s\t%s\t%s\n' "$label" "$1" "$middle" "$low" "$high" >>"$work/latency.plot" ;;
        esac
    done
    lost=$(awk '{ n += $1 } END { print n }' "$files.lost")
    read -r behind _ < <(summary <"$files.behind")
    [ ! -e "$files.unkept" ] || unkept=$(wc -l <"$files.unkept")
    printf '%-7s %-10s%s %6s  %s\n' "$1" "$label" "$cells" "$lost" "$behind"
    entries+=("\"$2 at $1\": {$figures\"lost\": $lost, \"load_behind_p999_us\": $behind, \"late_rounds\": $unkept}")
    [ "$unkept" -eq 0 ] || late_rounds=$((late_rounds + unkept))
}

# latency_verdicts NAME: ours beside NAME, at each rate and percentile; none where the load came late for either.
latency_verdicts() {
    local rate percentile ours theirs verdicts
    for rate in "${latency_rates[@]}"; do
        if [ -e "$work/latency.ours.$rate.unkept" ] || [ -e "$work/latency.$1.$rate.unkept" ]; then
            echo "Below $1 at $rate a second: undecided, the load came late"
            continue
        fi
        verdicts=''
        for percentile in "${latency_percentiles[@]}"; do
            read -ra ours <"$work/latency.ours.$rate.$percentile.range"
            read -ra theirs <"$work/latency.$1.$rate.$percentile.range"
            verdicts+=" ${percentile/p999/p99.9} $(below "${ours[@]}" "${theirs[@]}")"
        done
        echo "Below $1 at $rate a second:$verdicts"
    done
}

# Starts the echo and all that --only names, each with the same 10,000 names.
latency_start_servers() {
    write_registry "$work"
    find_ports 29000
    port=([echo]=$found [knot]=$((found + 1)) [nsd]=$((found + 2)) [ours]=$((found + 3)))
    start echo "$work/udpecho" --port "${port[echo]}"
    if measures knot; then
        write_knot_config "$work/knot.conf" "$work" "${port[knot]}"
        start knot knotd -c "$work/knot.conf"
    fi
    if measures nsd; then
        write_nsd_config "$work/nsd.conf" "$work" "${port[nsd]}"
        start nsd nsd -d -c "$work/nsd.conf"
    fi
    if measures ours; then
        write_corefile "$work/Corefile" "$work/services" "${port[ours]}"
        start ours "$server" -conf "$work/Corefile"
    fi
}

# The whole of `Scripts/bench latency`.
measure_latency() {
    local name rate late_rounds=0 pids
    echo "CPUs: servers on $server_cpu, load on $load_cpu; load average $(cut -d' ' -f1-3 /proc/loadavg)"
    latency_start_servers
    IFS=, read -ra pids <<<"$(for name in "${subjects[@]}"; do process_tree "${pid[$name]}"; done | paste -sd,)"
    latency_take_priority "${pids[@]}"
    for ((round = 1; round <= rounds; round++)); do
        for rate in "${latency_rates[@]}"; do
            for name in "${subjects[@]}"; do latency_round "$name" "$rate"; done
        done
    done

    echo
    echo "Microseconds from the scheduled time to the answer: median (lowest-highest) of $rounds rounds; lost: all rounds;"
    echo "behind: p99.9 of what the load itself was late. A lost query counts as one that took 1,000,000."
    printf '%-7s %-10s  %-22s  %-22s  %-22s  %-22s %6s  %s\n' q/s '' p50 p90 p99 p99.9 lost behind
    for rate in "${latency_rates[@]}"; do
        for name in "${subjects[@]}"; do latency_row "$rate" "$name"; done
    done
    [ "$late_rounds" -eq 0 ] || echo "Rounds in which the load came too late at every try, so that the figures are the machine's, too: $late_rounds"
    if measures ours; then
        for name in "${subjects[@]}"; do
            case $name in knot | nsd) latency_verdicts "$name" ;; esac
        done
    fi
    echo "Load average at the end: $(cut -d' ' -f1-3 /proc/loadavg), on $(nproc) CPUs"
    if [ -n "$svg" ]; then
        LC_ALL=C awk -v title="Time to an answer: median, and range, of $rounds rounds" -v x_title='queries a second' \
            -v y_title=microseconds -v x_log=1 -v y_log=1 -f Scripts/bench.d/plot.awk "$work/latency.plot" >"$svg"
        echo "Plot written to $svg"
    fi
    if [ -n "$json" ]; then
        joined=$(printf ', %s' "${entries[@]}")
        echo "{\"rounds\": $rounds, \"seconds\": $seconds${joined}}" >"$json"
        echo "Figures written to $json"
    fi
}

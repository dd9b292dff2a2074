# Sourced by Scripts/bench for `Scripts/bench scale`: what grows with the number of names, and what does not.
# Takes `work`, `server`, `api`, `rounds`, `json`, `svg`, `load_cpu`, `find_ports`, `field` and `summary` from there,
# and the `live_` functions from live.sh.
# shellcheck shell=bash disable=SC2154

# The bars of README.md, "Measurements", for 100,000 Services with ten endpoints each.
scale_limit_file_ms=2000 scale_limit_change_us=1000 scale_limit_octets=150
# At 100 a second and fewer each change finds cold caches, and takes up to twice the time.
scale_rate=400 scale_seconds=3

# scale_registry NAMES: sets `scale_services`. A Service with ten endpoints has 24 names: its own, its protocol's, its
# port's, ten endpoints' and eleven addresses' in in-addr.arpa; every second one is headless and has one address less.
scale_registry() {
    scale_services=$(($1 * 2 / 47))
    live_objects=services=$scale_services,slices=$scale_services,endpoints=10,headless=$((scale_services / 2))
    live_name=svc-$((scale_services - 1)).ns-$(((scale_services - 1) % 10)).svc.cluster.local
}

# scale_questions: three files of random names, each of one length, so that the load can be cut from one buffer; sets
# `scale_names` to how many names there are, and `scale_text` to the octets of a name on average.
scale_questions() {
    local counts
    counts=$(awk -v services="$scale_services" -v dir="$work" '
        function dashed(index_, mark) {
            return "10" mark 128 + int(index_ / 65536) mark int(index_ / 256) % 256 mark index_ % 256
        }
        # In wire form: a length in front of each label, and one octet for the root.
        function note(name) { names++; octets += length(name) + 2 }
        function reverse(index_) {
            return index_ % 256 "." int(index_ / 256) % 256 "." 128 + int(index_ / 65536) ".10.in-addr.arpa"
        }
        function ask(name, type, kind) {
            if (length(name) > longest[kind]) { longest[kind] = length(name); kept[kind] = 0 }
            if (length(name) < longest[kind]) return
            # Of more than 200,000 one in so many takes the place of another.
            place = kept[kind] < 200000 ? kept[kind] : int(rand() * kept[kind])
            if (place < 200000) lines[kind, place] = name " " type
            kept[kind]++
        }
        BEGIN {
            srand(1)
            for (i = 0; i < services; i++) {
                own = "svc-" i ".ns-" i % 10 ".svc.cluster.local"
                note(own); note("_tcp." own); note("_http._tcp." own)
                ask(own, "A", "own")
                if (i >= int(services / 2)) note("100.100.96.10.in-addr.arpa")
                for (j = 10 * i; j < 10 * i + 10; j++) {
                    note(dashed(j, "-") "." own); ask(dashed(j, "-") "." own, "A", "endpoint")
                    note(reverse(j)); ask(reverse(j), "PTR", "pointer")
                }
            }
            for (kind in kept)
                for (i = 0; i < (kept[kind] < 200000 ? kept[kind] : 200000); i++)
                    print lines[kind, i] > (dir "/questions." kind)
            print names, octets / names
        }')
    read -r scale_names scale_text <<<"$counts"
}

# The API server has no part in the figures, and takes long to make its objects: it runs at no higher priority.
scale_start_api() {
    local live_first=()
    live_start_api
}

# Starts by list, then `rounds` times from the file that the first start wrote; the last one goes on.
scale_starts() {
    local times=$work/scale.file
    live_start "$work/list.Corefile" 1
    scale_list_ms=$(field ready_ms "$line")
    live_stop
    # This one writes the file, and is given the time for it before it is stopped.
    live_start "$work/file.Corefile" 2
    live_stop
    : >"$times"
    for ((round = 1; round <= rounds; round++)); do
        live_start "$work/file.Corefile" $((round < rounds ? 1 : 5))
        field ready_ms "$line" >>"$times"
        [ "$round" = "$rounds" ] || live_stop
    done
    read -r scale_file_ms scale_file_low scale_file_high < <(summary <"$times")
    scale_kib=$(field steady_kib "$line")
    scale_peak_kib=$(field peak_kib "$line")
}

# Sets `scale_lookup_us`: the CPU time of a query, the mean over the three kinds of names.
scale_lookups() {
    local kind times=()
    for kind in own endpoint pointer; do
        "${live_first[@]}" taskset -c "$load_cpu" "$work/udpload" --port "$live_port" --queries "$work/questions.$kind" \
            --seconds 3 --pid "${pid[live]}" --window 192 --gso >"$work/load"
        times+=("$(field cpu_us_per_query "$(<"$work/load")")")
    done
    scale_lookup_us=$(printf '%s\n' "${times[@]}" | awk '{ sum += $1 } END { printf "%.2f", sum / NR }')
}

# Sets `scale_change_us`: the CPU time of the whole process for one endpoint that turns, file and connection included.
scale_change() {
    local result
    result=$(live_probe churn --control "$live_control_port" --seconds "$scale_seconds" --rate "$scale_rate" \
        --pid "${pid[live]}")
    scale_change_us=$(field cpu_us_per_change "$result")
}

# The memory of the server without objects, which no name has to answer for.
scale_empty() {
    live_objects=namespaces=1 live_name=ns.dns.cluster.local
    scale_start_api
    live_start "$work/list.Corefile" 3
    scale_empty_kib=$(field steady_kib "$line")
    live_stop
    live_stop_api
}

# scale_point NAMES: one line of the table.
scale_point() {
    rm -f "$work"/scale.sqlite* "$work"/questions.*
    scale_registry "$1"
    scale_questions
    scale_start_api
    scale_starts
    scale_lookups
    scale_change
    live_stop
    live_stop_api
    scale_octets=$(awk -v kib="$((scale_kib - scale_empty_kib))" -v n="$scale_names" 'BEGIN { printf "%.0f", kib * 1024 / n }')
    scale_beyond=$(awk -v o="$scale_octets" -v t="$scale_text" 'BEGIN { printf "%.0f", o - t }')
    printf '%9d %8d %9d %8.1f %8.1f %6d %6d %9d %6d %14s %8.2f %8.0f\n' "$scale_names" "$scale_services" \
        $((10 * scale_services)) "$(scale_mib "$scale_kib")" "$(scale_mib "$scale_peak_kib")" "$scale_octets" \
        "$scale_beyond" "$scale_list_ms" "${scale_file_ms%.*}" "($scale_file_low-$scale_file_high)" \
        "$scale_lookup_us" "$scale_change_us"
    printf '%s\t%s\t%s\n' "memory, MiB" "$scale_names" "$(scale_mib "$scale_kib")" \
        "start by list, ms" "$scale_names" "$scale_list_ms" "start from file, ms" "$scale_names" "$scale_file_ms" \
        "change, us" "$scale_names" "$scale_change_us" "lookup, us" "$scale_names" "$scale_lookup_us" >>"$work/scale.plot"
    entries+=("{\"names\": $scale_names, \"services\": $scale_services, \"endpoints\": $((10 * scale_services)),
  \"rss_anon_kib\": $scale_kib, \"peak_kib\": $scale_peak_kib, \"octets_per_name\": $scale_octets,
  \"text_octets_per_name\": $scale_text, \"list_ms\": $scale_list_ms, \"file_ms\": $scale_file_ms,
  \"lookup_cpu_us\": $scale_lookup_us, \"change_cpu_us\": $scale_change_us}")
}

scale_mib() { awk -v kib="$1" 'BEGIN { printf "%.1f", kib / 1024 }'; }

# scale_verdict LABEL VALUE LIMIT
scale_verdict() {
    awk -v label="$1" -v v="$2" -v l="$3" 'BEGIN { print label ": " v ", at most " l " wanted: " (v <= l ? "reached" : "MISSED") }'
    awk -v v="$2" -v l="$3" 'BEGIN { exit v > l }' || missed=$((missed + 1))
}

# The whole of `Scripts/bench scale`.
measure_scale() {
    local missed=0 rounds=3 points=(1000 10000 100000) names
    [ "$quick" = yes ] || points+=(1000000 2350000)
    find_ports 28000
    live_port=$found live_control_port=$((found + 2))
    live_corefile "$work/list.Corefile" ''
    live_corefile "$work/file.Corefile" "$work/scale.sqlite"
    live_take_priority
    scale_empty
    echo "Memory of its own (RssAnon) without objects: $(scale_mib "$scale_empty_kib") MiB; octets of a name are beyond that"
    printf '%9s %8s %9s %8s %8s %6s %6s %9s %21s %8s %8s\n' names Services endpoints MiB peak octets beyond 'list ms' \
        'file ms (range)' 'query us' 'change us'
    for names in "${points[@]}"; do scale_point "$names"; done
    scale_verdict "ms from the file to the first answer" "$scale_file_ms" "$scale_limit_file_ms"
    scale_verdict "us of CPU for a change" "$scale_change_us" "$scale_limit_change_us"
    scale_verdict "octets of a name beyond its text" "$scale_beyond" "$scale_limit_octets"
    echo "Load average at the end: $(cut -d' ' -f1-3 /proc/loadavg), on $(nproc) CPUs"
    if [ -n "$json" ]; then
        joined=$(printf ', %s' "${entries[@]}")
        echo "{\"rounds\": $rounds, \"empty_kib\": $scale_empty_kib, \"points\": [${joined#, }]}" >"$json"
        echo "Figures written to $json"
    fi
    if [ -n "$svg" ]; then
        LC_ALL=C awk -v title="What grows with the number of names" -v x_title="names" -v y_title="see the legend" \
            -v x_log=1 -v y_log=1 -f Scripts/bench.d/plot.awk "$work/scale.plot" >"$svg"
        echo "Plot written to $svg"
    fi
    [ "$missed" -eq 0 ] || { echo "bench: $missed bars were missed"; exit 1; }
}

# Sourced by Scripts/bench: the set of rows with endpoints that change, from a simulated Kubernetes API.
# Takes live_start_api and the like from live.sh.
# shellcheck shell=bash disable=SC2034,SC2154

changes_rate=1000

# 10,000 Services with an address, which are asked for, and 10,000 headless ones with ten endpoints each: every change is
# one to the zone.
set_begin_changes() {
    local i line
    measures ours || fail "the row CHANGES is about clusterdns: --only leaves it out"
    mkdir -p "$work/changes"
    questions=$work/changes/questions
    for ((i = 10000; i < 20000; i++)); do echo "svc-$i.ns-$((i % 10)).svc.cluster.local A"; done >"$questions"
    find_ports 25000
    live_port=$found live_control_port=$((found + 2))
    live_objects=services=20000,headless=10000,slices=10000,endpoints=10
    # The API server and what drives it share the load's CPU, and go before the load.
    live_first=(taskset -c "$load_cpu")
    if [ ${#first[@]} -gt 0 ]; then live_first+=(chrt -r 10); fi
    live_start_api
    write_corefile "$work/changes/Corefile" "$work/kubeconfig" "${port[ours]}" "${port[upstream]}"
    start ours "$server" -conf "$work/changes/Corefile"
    line=$(live_probe visible --port "${port[ours]}" --control "$live_control_port" --flips 20 --headless 10000)
    [ "$(field late "$line")" = 0 ] || fail "changes do not show within two seconds: $line"
    pid[changing]=${pid[ours]}
    set_servers=(echo ours changing)
}

# changes_begin [SECONDS]: around one round of load; the changes begin before it and go on beyond it.
changes_begin() {
    local span=${1:-$(awk -v s="$seconds" -v w="$warmup" 'BEGIN { print s + w + 0.5 }')}
    live_probe churn --control "$live_control_port" --rate "$changes_rate" --seconds "$span" >"$work/changes/rate" &
    changes_pid=$!
    sleep 0.2
}

changes_end() {
    local rate
    wait "$changes_pid" || fail "the simulated API server took no changes"
    rate=$(field rate "$(<"$work/changes/rate")")
    [ "$rate" -ge $((changes_rate * 95 / 100)) ] || echo "  note: only $rate endpoints changed a second"
    # What it has still to do belongs to the changes, not to the next server.
    sleep 0.5
}

# How long answers take at a fixed rate, without and with changes, one round after the other: p99.9, and their ratio.
changes_latency() {
    # Ahead of the API server: at this rate the load leaves it most of the CPU.
    local latency_priority=20 round state middle low high reached late=0
    # The load alone: at one real-time priority a thread that answers would wait for one that takes changes to end, while
    # under the usual scheduler it does not, and that is what is measured.
    latency_take_priority
    for ((round = 1; round <= rounds; round++)); do
        for state in still changing; do
            # Long enough for a round that is measured again because the load came late.
            [ "$state" = still ] || changes_begin 7
            latency_at "${port[ours]}" 50000 1 "$questions" || fail "row CHANGES: nothing was answered at 50,000 a second"
            [ "$state" = still ] || changes_end
            case $latency_line in *kept=no*) late=$((late + 1)) ;; esac
            echo "$p999_us" >>"$work/CHANGES.$state.p999"
        done
    done
    for state in still changing; do
        read -r middle low high < <(summary <"$work/CHANGES.$state.p999")
        printf '  p99.9 at 50,000 queries a second, %s: %.0f us (%.0f to %.0f)\n' "$state" "$middle" "$low" "$high"
    done
    read -r middle low high < <(
        paste "$work/CHANGES.changing.p999" "$work/CHANGES.still.p999" | awk '{ printf "%.4f\n", $1 / $2 }' | summary)
    rows_judge 1.5 "$low" "$high"
    [ "$late" -eq 0 ] || reached="undecided, the load came late in $late rounds"
    printf '  p99.9 with changes by p99.9 without: %.2f x (%.2f to %.2f), at most 1.5: %s\n' "$middle" "$low" "$high" "$reached"
    figures+=("\"changes_p999\": {\"ratio\": $middle, \"lowest\": $low, \"highest\": $high, \"late_rounds\": $late}")
}

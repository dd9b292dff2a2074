# Sourced by Scripts/bench for `Scripts/bench registry`: 10,000 Services and 100,000 endpoints from an API.
# Takes `work`, `server`, `api`, `rounds`, `json`, `find_ports`, `field` and `summary` from there.
# shellcheck shell=bash disable=SC2154

live_objects=services=10000,slices=1000,endpoints=100,headless=500
live_headless=500
live_name=svc-9999.ns-9.svc.cluster.local

# The bars of README.md, "Measurements".
live_limit_list_ms=400 live_limit_file_ms=150 live_limit_visible_ms=5
live_limit_steady_kib=$((45 * 1024)) live_limit_peak_kib=$((70 * 1024))

# Goes before each command that takes part: real-time priority where it is ours to have.
live_first=()
live_take_priority() {
    if chrt -r 5 true 2>/dev/null; then
        live_first=(chrt -r 5)
        echo "Everything measured runs at real-time priority"
    else
        echo "No right to real-time priority: other work on this machine counts"
    fi
}

live_probe() { "${live_first[@]}" "$work/registryprobe" "$@"; }

# live_corefile FILE STATE: a Corefile for the simulated API server; STATE is the registry file, empty for none.
live_corefile() {
    cat >"$1" <<COREFILE
cluster.local:$live_port {
    bind 127.0.0.1
    errors
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        kubeconfig $work/kubeconfig
        ${2:+state $2}
        pods insecure
        ttl 5
    }
    loadbalance
}
COREFILE
}

# live_control METHOD PATH: a request to the control API of the simulated server.
live_control() { curl -sS --max-time 5 -X "$1" "http://127.0.0.1:$live_control_port/_control/$2" >/dev/null; }

# Begins the API server and returns when it has its objects.
live_start_api() {
    "${live_first[@]}" "$api" --generate "$live_objects" --tls --tls-directory "$work/tls" \
        --kubeconfig "$work/kubeconfig" --port "$((live_port + 1))" --control-port "$live_control_port" \
        >"$work/api.log" 2>&1 &
    pid[api]=$! started+=(api)
    for ((i = 0; i < 3000; i++)); do
        if grep -q ^ready "$work/api.log"; then return; fi
        kill -0 "${pid[api]}" 2>/dev/null || break
        sleep 0.1
    done
    echo "bench: the simulated API server did not begin; it said:" >&2
    cat "$work/api.log" >&2
    exit 1
}

live_stop_api() {
    kill "${pid[api]}"
    wait "${pid[api]}" 2>/dev/null || true
    unset 'started[-1]'
}

# live_start COREFILE SETTLE: runs the server; sets `line` to what the probe says, and pid[live].
live_start() {
    # The probe begins the server and ends; the server goes on and is no child of this shell.
    line=$(live_probe start --port "$live_port" --name "$live_name" --settle "$2" \
        --log "$work/live.log" -- "$server" -conf "$1") || { tail -n 20 "$work/live.log" >&2; exit 1; }
    pid[live]=$(field pid "$line")
    started+=(live)
}

live_stop() {
    kill "${pid[live]}"
    # Where nobody reaps orphans it stays as a zombie.
    while grep -qs '^State:[^Z]*$' "/proc/${pid[live]}/status"; do sleep 0.05; done
    unset 'started[-1]'
}

# live_note NAME LINE: keeps the figures of one start.
live_note() {
    field ready_ms "$2" >>"$work/$1.ready"
    field peak_kib "$2" >>"$work/$1.peak"
    field steady_kib "$2" >>"$work/$1.steady"
}

# live_starts NAME COREFILE SETTLE: `rounds` starts.
live_starts() {
    for ((round = 1; round <= rounds; round++)); do
        live_start "$2" "$3"
        live_note "$1" "$line"
        live_stop
    done
}

# CPU time of the server so far, in clock ticks.
live_ticks() { awk '{ print $14 + $15 }' "/proc/${pid[live]}/stat"; }

# live_row LABEL VALUE UNIT [LIMIT]: a line of the table; KiB are shown as MiB.
live_row() {
    local verdict=''
    [ -z "${4-}" ] || verdict=$(awk -v v="$2" -v l="$4" 'BEGIN { print v <= l ? "reached" : "MISSED" }')
    awk -v label="$1" -v value="$2" -v unit="$3" -v limit="${4-}" -v verdict="$verdict" 'BEGIN {
        if (unit == "KiB") { value /= 1024; limit = limit == "" ? "" : limit / 1024; unit = "MiB" }
        printf "%-52s %8.1f %-3s  %s\n", label, value, unit, limit == "" ? "" : "at most " limit ": " verdict }'
    [ "$verdict" != MISSED ] || missed=$((missed + 1))
    entries+=("\"$1\": $2")
}

# live_start_rows LABEL NAME LIMIT: what `live_starts` gathered.
live_start_rows() {
    local middle low high
    read -r middle low high < <(summary <"$work/$2.ready")
    live_row "ready $1: median" "$middle" ms "$3"
    live_row "ready $1: shortest" "$low" ms
    live_row "ready $1: longest" "$high" ms
    read -r middle low high < <(summary <"$work/$2.steady")
    live_row "memory $1: steady" "$high" KiB "$live_limit_steady_kib"
    read -r middle low high < <(summary <"$work/$2.peak")
    live_row "memory $1: peak" "$high" KiB "$live_limit_peak_kib"
}

# live_watch SECONDS COMMAND...: sets `line` to the memory while COMMAND runs and after.
live_watch() {
    local seconds=$1 probe
    shift
    live_probe watch --pid "${pid[live]}" --seconds "$seconds" >"$work/watch" &
    probe=$!
    "$@"
    wait "$probe"
    line=$(<"$work/watch")
}

# Every watch breaks off and its version is gone: 410, and all is listed again.
live_relist() { live_control POST compact; live_control POST drop; }

live_load() {
    "$work/udpload" --port "$live_port" --queries "$work/questions" --seconds 4 --pid "${pid[live]}" --window 192 --gso \
        >"$work/load"
}

# Turns 100 endpoints a second for five seconds; sets `churn_cpu` to per cent of a core.
live_churn() {
    local before after from to
    before=$(live_ticks) from=${EPOCHREALTIME/./}
    live_probe churn --control "$live_control_port" --seconds 5 --rate 100 >/dev/null
    after=$(live_ticks) to=${EPOCHREALTIME/./}
    churn_cpu=$(awk -v t="$((after - before))" -v us="$((to - from))" -v hz="$(getconf CLK_TCK)" \
        'BEGIN { printf "%.1f", 100 * t / hz / (us / 1e6) }')
}

# The whole of `Scripts/bench registry`.
measure_live_registry() {
    local missed=0 visible
    find_ports 25000
    live_port=$found live_control_port=$((found + 2))
    live_corefile "$work/list.Corefile" ''
    live_corefile "$work/file.Corefile" "$work/live.sqlite"
    # Of one length, so that the load can be cut from one buffer.
    for ((i = 1000; i < 10000; i++)); do echo "svc-$i.ns-$((i % 10)).svc.cluster.local A"; done >"$work/questions"
    live_take_priority
    live_start_api

    echo "Starting by list"
    live_starts list "$work/list.Corefile" 3
    # The first start makes the registry file and is not counted.
    live_start "$work/file.Corefile" 3
    live_stop
    echo "Starting from the registry file"
    live_starts file "$work/file.Corefile" 3
    kill -STOP "${pid[api]}"
    live_starts alone "$work/file.Corefile" 1
    kill -CONT "${pid[api]}"

    echo "Changing, listing again, asking"
    live_start "$work/file.Corefile" 3
    visible=$(live_probe visible --port "$live_port" --control "$live_control_port" --flips 300 \
        --headless "$live_headless")
    live_churn
    live_watch 8 live_relist
    relist=$line
    live_watch 6 live_load
    loaded=$line
    resident=$(awk '/^VmRSS:/ { print $2 }' "/proc/${pid[live]}/status")
    live_stop

    echo
    echo "10,000 Services, 1,000 slices, 100,000 endpoints over TLS; memory is RssAnon, the worst of all runs"
    live_start_rows "by list" list "$live_limit_list_ms"
    live_start_rows "from the registry file" file "$live_limit_file_ms"
    live_start_rows "from the registry file, no API" alone "$live_limit_file_ms"
    live_row "memory through a full re-list: peak" "$(field peak_kib "$relist")" KiB "$live_limit_peak_kib"
    live_row "memory after a full re-list" "$(field steady_kib "$relist")" KiB "$live_limit_steady_kib"
    live_row "memory under load: peak" "$(field peak_kib "$loaded")" KiB "$live_limit_peak_kib"
    live_row "memory after load" "$(field steady_kib "$loaded")" KiB "$live_limit_steady_kib"
    live_row "RSS after load, with shared file pages" "$resident" KiB
    live_row "one change visible: median" "$(field p50_ms "$visible")" ms
    live_row "one change visible: p99" "$(field p99_ms "$visible")" ms "$live_limit_visible_ms"
    live_row "one change visible: longest" "$(field max_ms "$visible")" ms
    live_row "changes of 300 that took over two seconds" "$(field late "$visible")" '' 0
    live_row "CPU at 100 changes a second, of one core" "$churn_cpu" '%'
    echo "Load average at the end: $(cut -d' ' -f1-3 /proc/loadavg), on $(nproc) CPUs"
    if [ -n "$json" ]; then
        joined=$(printf ', %s' "${entries[@]}")
        echo "{\"rounds\": $rounds${joined}}" >"$json"
        echo "Figures written to $json"
    fi
    [ "$missed" -eq 0 ] || { echo "bench: $missed bars were missed"; exit 1; }
}

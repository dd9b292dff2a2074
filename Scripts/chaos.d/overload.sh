#!/usr/bin/env bash
# More than the server can answer, and clients that take without asking: what it is there for goes on.
#
# The server is kept to a CPU and the load to another; where control groups allow it, the server has a part of its CPU only,
# so that one load can be five times what it can do. Throughput, memory and recovery are ratios to the same run without load.
# shellcheck source=Scripts/chaos.d/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=Scripts/packages.sh
. "$tools/packages.sh"
require_packages libssl-dev

name=svc-1000.ns-0.svc.cluster.local
for program in udpload openload dnsprobe; do tool "$program" bench.d; done
"$(command -v cc || command -v clang)" -O2 -std=gnu17 -Wall -Wextra -I "$tools/bench.d" -o "$work/crowd" \
    "$tools/chaos.d/crowd.c" -lssl -lcrypto
read -r server_cpu load_cpu _ < <(taskset -pc $$ | sed 's/.*: //' | awk -F, '
    { for (i = 1; i <= NF; i++) { split($i, r, "-"); for (c = r[1]; c <= (r[2] == "" ? r[1] : r[2]); c++) printf "%d ", c } print "" }')
load_cpu=${load_cpu:-$server_cpu}
load() { taskset -c "$load_cpu" "$@"; }

# --- The server -------------------------------------------------------------------------------------------------------

mkdir "$work/services"
awk 'BEGIN {
    for (i = 0; i < 10; i++) printf "---\n{apiVersion: v1, kind: Namespace, metadata: {name: ns-%d}}\n", i
    for (i = 1000; i < 3000; i++)
        printf "---\n{apiVersion: v1, kind: Service, metadata: {name: svc-%d, namespace: ns-%d}, spec: {clusterIP: 10.0.%d.%d, ports: [{port: 80}]}}\n", i, i % 10, int(i / 250), i % 250 + 1
}' </dev/null >"$work/services/all.yaml"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=chaos.test -keyout "$work/tls.key" \
    -out "$work/tls.pem" -days 2 2>/dev/null

# serve_with UPSTREAM: a server alone on its CPU; sets port, tls_port and server.
serve_with() {
    write_corefile 0s
    free_port; tls_port=$found
    sed -i -e "s|^\.:$port|.:$port tls://.:$tls_port|" -e "s|    errors|    tls $work/tls.pem $work/tls.key|" \
        -e "s|    loadbalance|    forward . 127.0.0.1:$1\n    cache 30 {\n        $cache_size\n    }|" "$work/Corefile"
    start_server
    taskset -apc "$server_cpu" "$server" >/dev/null
    await 10 knows || { fail "the server answers"; cat "$work/log"; exit 1; }
}
cache_size=''
knows() { [ -n "$(ask $name A)" ]; }
end_server() { end_process "$server"; forget "$server"; }

# limit_server MICROSECONDS: of each 10 ms of its CPU; false where this machine does not allow it.
group=/sys/fs/cgroup/cpu/clusterdns-chaos-$$
limit_server() {
    mkdir "$group" 2>/dev/null || return 1
    { echo 10000 >"$group/cpu.cfs_period_us" && echo "$1" >"$group/cpu.cfs_quota_us" && echo "$server" >"$group/cgroup.procs"; } 2>/dev/null
}
clean_up() { rmdir "$group" 2>/dev/null || true; }

# base: what the server has without load: sets memory_before and descriptors_before.
base() {
    sleep 0.5
    memory_before=$(memory_kib "$server")
    descriptors_before=$(descriptors "$server")
}
is_back() { [ "$(descriptors "$server")" -le $((descriptors_before + 1)) ]; }
# back WHAT SECONDS: the descriptors are as before.
back() {
    local start
    start=$(milliseconds)
    await "$2" is_back || true
    at_most "$1: descriptors beyond those before, after $(($(milliseconds) - start)) ms" 1 \
        "$(($(descriptors "$server") - descriptors_before))"
}

# --- Five times too much ----------------------------------------------------------------------------------------------

flood() {
    local seconds capacity rate line alone answered kept watcher upstream_pid
    seconds=$(quick_or 3 8)
    free_port; local upstream=$found
    "$work/crowd" silent --port "$upstream" >"$work/upstream" &
    upstream_pid=$!
    started+=("$upstream_pid")
    for ((i = 1000; i < 3000; i++)); do echo "svc-$i.ns-$((i % 10)).svc.cluster.local A"; done >"$work/inzone"
    awk -v seed="$seed" -v count="$(quick_or 100000 400000)" 'BEGIN {
        srand(seed)
        for (i = 0; i < count; i++) {
            j = 1000 + i % 2000
            print "svc-" j ".ns-" j % 10 ".svc.cluster.local A"
            printf "r%08x.%06d.example.com A\n", rand() * 4294967295, i
        }
    }' </dev/null >"$work/mixed"
    serve_with "$upstream"
    limit_server 2000 || echo "no control group for the CPU: the load may be less than five times the capacity"
    line=$(load "$work/udpload" --port "$port" --queries "$work/inzone" --seconds "$seconds" --window 192 --sockets 32 --pid "$server" --expect 0,1)
    echo "in-zone names alone: $line"
    capacity=$(field qps "$line")
    base
    rate=$((capacity * 5))
    if [ "$rate" -gt 1000000 ]; then rate=1000000; fi
    peak_memory "$server" "$work/peak" &
    watcher=$!
    line=$(load "$work/openload" --port "$port" --queries "$work/mixed" --rate "$rate" --seconds "$seconds" --sockets 32 --seed "$seed") || echo "the load failed: $line"
    end_process "$watcher"
    echo "with random names beside them: $line"
    answered=$(awk -v n="$(field rcode0 "$line")" -v planned="$(field planned "$line")" -v rate="$rate" 'BEGIN { printf "%d", n * rate / planned }')
    echo "offered $(ratio "$(field qps "$line")" "$capacity") times the capacity of $capacity a second"
    at_least "in-zone answers under a flood, of those without it ($answered of $capacity a second)" 0.70 "$(ratio "$answered" "$capacity")"
    alone=$(ratio "$(cat "$work/peak")" "$memory_before")
    at_most "memory under the flood, times that before it ($(cat "$work/peak") KiB)" 1.3 "$alone"
    # A client that asks every 5 ms from the moment the flood ends.
    line=$(load "$work/dnsprobe" --port "$port" --name $name --rate 200 --seconds 1 --deadline 1)
    echo "a moment later: $line"
    kept=$(field max_ms "$line")
    at_most "recovery: the slowest answer of those asked for as the flood ended" 1000 "$kept" ms
    at_least "recovery: answered" 200 "$(field rcode0 "$line")"
    end_process "$upstream_pid"
    forget "$upstream_pid"
    echo "what reached the dead upstream: $(tail -n 1 "$work/upstream")"
    end_server
    clean_up
}

# --- Connections ------------------------------------------------------------------------------------------------------

# hold MODE COUNT SECONDS [OPTION]...: runs a crowd beside the server; returns when all of it is connected.
hold() {
    : >"$work/crowd.out"
    load "$work/crowd" "$1" --count "$2" --seconds "$3" --name $name "${@:4}" >"$work/crowd.out" 2>&1 &
    crowd=$!
    started+=("$crowd")
    await 60 grep -q open= "$work/crowd.out" || { fail "$2 clients of $1 connect"; cat "$work/crowd.out"; }
}
release() {
    wait "$crowd" || fail "the crowd ends well: $(cat "$work/crowd.out")"
    forget "$crowd"
    line=$(tail -n 1 "$work/crowd.out")
}

# beside WHAT PORT [OPTION]: other clients while a crowd is connected, over UDP and as new connections.
beside() {
    local udp new
    udp=$(load "$work/dnsprobe" --port "$port" --name $name --rate 500 --seconds 1.5 --deadline 2)
    new=$(load "$work/crowd" new --port "$2" --count 20 --name $name "${@:3}") || fail "$1: new clients are served"
    at_most "$1: answers over UDP, p99" 10 "$(field p99_ms "$udp")" ms
    at_least "$1: answered over UDP of 750" 750 "$(field rcode0 "$udp")"
    at_most "$1: a new client has its answer, the slowest of 20" 50 "$(field max_ms "$new")" ms
}

connections() {
    local count tls memory line
    count=$(quick_or 2000 9800)
    tls=$(quick_or 300 2000)
    serve_with 9
    base
    hold idle "$count" 12 --port "$port"
    # All are accepted by then, and none has gone.
    sleep 1
    memory=$(memory_kib "$server")
    beside "$count idle connections" "$port"
    release
    at_most "$count idle connections: memory of each" 3 "$(ratio $((memory - memory_before)) "$count")" KiB
    at_most "$count idle connections: the last is gone after" 5 "$(field last_s "$line")" s
    at_least "$count idle connections: closed" "$count" "$(field closed "$line")"
    back "idle connections" 2

    base
    hold idle "$tls" 12 --port "$tls_port" --tls
    sleep 0.5
    memory=$(memory_kib "$server")
    beside "$tls idle TLS connections" "$tls_port" --tls
    release
    echo "$tls idle TLS connections: memory of each: $(ratio $((memory - memory_before)) "$tls") KiB"
    at_most "$tls idle TLS connections: the last is gone after" 5 "$(field last_s "$line")" s
    back "idle TLS connections" 2

    hold begin "$tls" 12 --port "$tls_port"
    beside "$tls handshakes that are never finished" "$tls_port" --tls
    release
    at_most "handshakes never finished: the last is gone after" 10 "$(field last_s "$line")" s
    back "handshakes never finished" 2

    hold drip "$(quick_or 100 1000)" 14 --port "$port"
    beside "clients that send an octet a second" "$port"
    release
    at_most "clients that send an octet a second: the last is gone after" 10 "$(field last_s "$line")" s
    back "clients that send an octet a second" 2
    end_server
}

# A client that never reads, and clients that break off with answers on their way.
rude() {
    local count line watcher start gone deaf=20
    serve_with 9
    base
    peak_memory "$server" "$work/peak" &
    watcher=$!
    start=$(milliseconds)
    hold deaf $deaf 13 --port "$port"
    await 13 is_back || true
    gone=$(($(milliseconds) - start))
    at_most "$deaf clients that never read: gone within" 10000 "$gone" ms
    back "clients that never read" 1
    end_process "$watcher"
    at_most "clients that never read: memory of each" 256 "$(ratio $(($(cat "$work/peak") - memory_before)) $deaf)" KiB
    release
    count=$(quick_or 3000 100000)
    line=$(load "$work/crowd" reset --port "$port" --count "$count" --name $name)
    back "$count connections that were reset" 3
    at_most "$count connections that were reset: memory beyond that before" 8192 "$(($(memory_kib "$server") - memory_before))" KiB
    if alive; then pass "the server lives"; else fail "the server lives"; fi
    end_server
}

# --- Names without end --------------------------------------------------------------------------------------------------

# distinct_names: new names through the cache, as fast as they are answered, from a server of the same program.
distinct_names() {
    local upstream upstream_port line before round
    mkdir "$work/up"
    free_port; upstream_port=$found
    cat >"$work/up/Corefile" <<COREFILE
.:$upstream_port {
    bind 127.0.0.1
    template IN A . {
        answer "{{ .Name }} 3600 IN A 192.0.2.1"
    }
}
COREFILE
    "$clusterdns" -conf "$work/up/Corefile" >"$work/up/log" 2>&1 &
    upstream=$!
    started+=("$upstream")
    await 20 tcp_open "$upstream_port"
    cache_size='success 9984 30'
    serve_with "$upstream_port"
    # Once, so that the cache is full and all that may wait has waited; then the same with other names.
    for round in a b; do
        base
        before=$memory_before
        line=$(load "$work/dnsprobe" --port "$port" --name "$round%.distinct.example" --rate "$(quick_or 20000 100000)" \
            --seconds "$(quick_or 3 10)" --deadline 3 --sockets 64) || true
        echo "new names: $line"
    done
    at_most "distinct names through a full cache: memory, times that after as many before" 1.1 \
        "$(ratio "$(memory_kib "$server")" "$before")"
    line=$(load "$work/dnsprobe" --port "$port" --name $name --rate 200 --seconds 1 --deadline 1)
    at_least "in-zone names right after: answered of 200" 200 "$(field rcode0 "$line")"
    end_server
    end_process "$upstream"
    forget "$upstream"
    cache_size=''
}

# refusing: nobody listens where the upstream should be.
refusals() { awk '$1 == "Udp:" && $2 ~ /[0-9]/ { print $3 }' /proc/net/snmp; }
refusing() {
    local before line
    free_port
    serve_with "$found"
    load "$work/dnsprobe" --port "$port" --name 'c%.refused.example' --rate 500 --seconds 2 --deadline 3 >"$work/refused"
    line=$(cat "$work/refused")
    echo "an upstream that refuses: $line"
    at_most "an upstream that refuses: the slowest SERVFAIL" 2000 "$(field max_ms "$line")" ms
    before=$(refusals)
    sleep 4
    at_most "an upstream that refuses: probes in four seconds" 8 "$(($(refusals) - before))"
    end_server
}

# --- No room ----------------------------------------------------------------------------------------------------------

no_descriptors() {
    local line percent
    serve_with 9
    prlimit --pid "$server" --nofile="$(($(descriptors "$server") + 50)):$(($(descriptors "$server") + 50))"
    base
    # Each keeps its connection for the 5 s that a silent one is allowed; more than can be had wait in the kernel's queue.
    hold idle 200 3 --port "$port"
    alive || { fail "no descriptor left: the server lives"; tail -n 5 "$work/log"; return; }
    percent=$(cpu_percent "$server" 2)
    line=$(load "$work/dnsprobe" --port "$port" --name $name --rate 500 --seconds 1 --deadline 1)
    at_most "no descriptor left: CPU time" 10 "$percent" %
    at_least "no descriptor left: answered over UDP of 500" 500 "$(field rcode0 "$line")"
    release
    if await 12 asks_over_tcp; then pass "once they are gone, new connections are taken"; else
        fail "once they are gone, new connections are taken"
        tail -n 5 "$work/log"
    fi
    end_server
}
asks_over_tcp() { [ -n "$(ask $name A +tcp)" ]; }

# Fact 59: a log that nobody reads, and one that cannot be written.
blocked_log() {
    local line
    write_corefile 0s
    sed -i 's/    errors/    errors\n    log/' "$work/Corefile"
    mkfifo "$work/pipe"
    # A reader that never reads.
    # shellcheck disable=SC2217
    sleep 60 <"$work/pipe" &
    local reader=$!
    started+=("$reader")
    "$clusterdns" -conf "$work/Corefile" >"$work/pipe" 2>&1 &
    server=$!
    started+=("$server")
    await 20 knows || fail "a server whose log nobody reads answers"
    line=$(load "$work/dnsprobe" --port "$port" --name $name --rate 5000 --seconds 2 --deadline 1)
    echo "a log pipe that is full: $line"
    at_least "a log pipe that is full: answered of $(field sent "$line")" "$(field sent "$line")" "$(field rcode0 "$line")"
    at_most "a log pipe that is full: p99" 10 "$(field p99_ms "$line")" ms
    end_server
    end_process "$reader"
    forget "$reader"
    if [ -c /dev/full ]; then
        "$clusterdns" -conf "$work/Corefile" >/dev/full 2>&1 &
        server=$!
        started+=("$server")
        await 20 knows || fail "a server whose log is on a full disk answers"
        line=$(load "$work/dnsprobe" --port "$port" --name $name --rate 5000 --seconds 2 --deadline 1)
        at_least "a log on a full disk: answered of $(field sent "$line")" "$(field sent "$line")" \
            "$(field rcode0 "$line")"
        end_server
    fi
}

steps=(connections rude distinct_names refusing no_descriptors blocked_log)
# Its figures mean something only where nobody else needs the CPUs, and so not in continuous integration.
if [ -z "$quick" ]; then steps=(flood "${steps[@]}"); fi
if [ -n "${CHAOS_KINDS-}" ]; then read -ra steps <<<"$CHAOS_KINDS"; fi
for step in "${steps[@]}"; do "$step"; done

# Sourced by life.sh: a machine that lets the server down, by its disk, its clock, its network, its limits and its threads.
# shellcheck shell=bash disable=SC2154

few=(--udp 2000 --tcp 200 --tls 100)
# added NAME: a Service without an address, which the server gives one and writes down.
added() {
    printf '{"apiVersion":"v1","kind":"Service","metadata":{"name":"%s"},"spec":{"ports":[{"port":80}]}}' "$1" >"$work/services/$1.json"
}
given() { ask "$1.default.svc.cluster.local" A; }
is_there() { [ "$(ask my-nginx.default.svc.cluster.local A "$@")" = 10.0.162.149 ]; }
is_given() { [ -n "$(given "$1")" ]; }

part_full_disk() {
    life_corefile
    mkdir -p "$work/disk"
    mount -t tmpfs -o size=1m tmpfs "$work/disk"
    sed -i "s|state registry.sqlite|state $work/disk/registry.sqlite|" "$work/Corefile"
    : >"$work/log"
    start_server
    load_begins "${few[@]}"
    dd if=/dev/zero of="$work/disk/filler" bs=4k 2>/dev/null || true
    local number before
    for number in $(seq 20); do added "full-$number"; done
    await 5 is_given full-20 || true
    at_least "disk full: a new Service is answered all the same, with octets" 7 "$(given full-20 | wc -c)"
    await 5 eval "grep -qi 'registry.sqlite' '$work/log'" || true
    contains "disk full: it is said, with the file" "$work/disk/registry.sqlite" "$(cat "$work/log")"
    rm "$work/disk/filler"
    sleep "$(short 12 6)"
    load_ends
    nothing_lost_of_few "disk full"
    before=$(given full-7)
    kill -KILL "$server"
    wait "$server" 2>/dev/null || true
    start_server
    equal "disk full: with room again it was written" "$before" "$(given full-7)"
    stop_server
    umount "$work/disk"
    rm -f "$work"/services/full-*.json
}

part_read_only_disk() {
    life_corefile
    mkdir -p "$work/frozen"
    mount -t tmpfs -o size=1m tmpfs "$work/frozen"
    sed -i "s|state registry.sqlite|state $work/frozen/registry.sqlite|" "$work/Corefile"
    start_server
    stop_server
    mount -o remount,ro "$work/frozen"
    : >"$work/log"
    start_server
    load_begins "${few[@]}"
    added frozen-1
    await 5 is_given frozen-1 || true
    at_least "disk read-only: a new Service is answered, with octets" 7 "$(given frozen-1 | wc -c)"
    sleep 1
    contains "disk read-only: it is said, with the file" "$work/frozen/registry.sqlite" "$(cat "$work/log")"
    load_ends
    nothing_lost_of_few "disk read-only"
    stop_server
    equal "disk read-only: the server ends with status 0" 0 "$server_status"
    umount "$work/frozen"
    rm -f "$work"/services/frozen-*.json
}

# set_clock SECONDS: by so much the server's wall clock differs from ours; monotonic clocks go on.
set_clock() { printf '%-20d' "$1" | dd of="$work/clock" conv=notrunc status=none; }

part_clock() {
    local jump jumps=(86400 -86400 315360000 -315360000 0)
    [ "$quick" = no ] || jumps=(86400 -86400)
    "$compiler" -O2 -std=gnu17 -shared -fPIC -o "$work/walltime.so" "$folder/walltime.c"
    life_corefile
    set_clock 0
    : >"$work/log"
    LD_PRELOAD=$work/walltime.so WALLTIME_FILE=$work/clock "$clusterdns" -conf "$work/Corefile" >>"$work/log" 2>&1 &
    server=$!
    started+=("$server")
    await 20 tcp_open "$port" || { fail "the server starts with another clock"; cat "$work/log"; return; }
    load_begins "${few[@]}"
    serial() { dig +short -p "$port" @127.0.0.1 cluster.local SOA | awk '{ print $3 }'; }
    local before after number=0
    for jump in "${jumps[@]}"; do
        before=$(serial)
        set_clock "$jump"
        sleep 0.5
        number=$((number + 1))
        added "clock-$number"
        await 3 is_given "clock-$number" || true
        at_least "clock at $jump s: a change is seen, with octets" 7 "$(given "clock-$number" | wc -c)"
        after=$(serial)
        # RFC 1982: a serial only moves forward.
        if [ $(((after - before) & 0xffffffff)) -lt $((1 << 31)) ] && [ "$after" != "$before" ]; then
            pass "clock at $jump s: the serial moves forward, $before to $after"
        else fail "clock at $jump s: the serial goes from $before to $after"; fi
    done
    load_ends
    nothing_lost_of_few "clock jumps"
    stop_server
    equal "clock jumps: the server ends with status 0" 0 "$server_status"
    rm -f "$work"/services/clock-*.json
}

part_link() {
    local turn lost=0
    life_corefile
    start_server
    for ((turn = $(short 5 2); turn > 0; turn--)); do
        ip link set lo down
        sleep 0.5
        ip link set lo up
        await 1 is_there || lost=$((lost + 1))
        await 1 is_there +tcp || lost=$((lost + 1))
    done
    equal "link down and up: answered again at once, UDP and TCP" 0 "$lost"
    load_begins "${few[@]}"
    sleep 1
    load_ends
    nothing_lost_of_few "link up again"
}

part_descriptors_gone() {
    local held=() fd count ticks_before ticks
    life_corefile
    : >"$work/log"
    (ulimit -n 96 && exec "$clusterdns" -conf "$work/Corefile" >>"$work/log" 2>&1) &
    server=$!
    started+=("$server")
    await 20 tcp_open "$port" || { fail "the server starts with 96 descriptors"; return; }
    for count in $(seq 120); do
        exec {fd}<>"/dev/tcp/127.0.0.1/$port" || break
        held+=("$fd")
    done
    cpu() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$server/stat"; }
    echo "  $count connections; the server has $(descriptors) descriptors of 96"
    ticks_before=$(cpu)
    sleep 2
    ticks=$((($(cpu) - ticks_before) * 100 / $(getconf CLK_TCK) / 2))
    at_most "no descriptor left: per cent of a CPU" 10 "$ticks"
    load_begins --udp 2000 --tcp 0 --tls 0
    sleep 2
    load_ends
    equal "no descriptor left: UDP: none of $(of udp sent) lost, and none wrong" "0 0" "$(of udp lost) $(of udp wrong)"
    for fd in "${held[@]}"; do exec {fd}>&-; done
    await 3 is_there +tcp || true
    equal "no descriptor left: TCP is answered again when there are some" 10.0.162.149 \
        "$(ask my-nginx.default.svc.cluster.local A +tcp)"
}

part_stall() {
    local worker listener before
    # The short run leaves this to Tests/Scenarios/signals.sh.
    [ "$quick" = no ] || return 0
    life_corefile
    "$work/notified" "$work/notify" >"$work/said" &
    listener=$!
    started+=("$listener")
    await 5 test -S "$work/notify"
    : >"$work/log"
    NOTIFY_SOCKET=$work/notify WATCHDOG_USEC=10000000 "$clusterdns" -conf "$work/Corefile" >>"$work/log" 2>&1 &
    server=$!
    started+=("$server")
    await 20 tcp_open "$port" || { fail "the server starts"; return; }
    worker=$(grep -l '^udp-' /proc/"$server"/task/*/comm | sort -V | sed -n 's|.*/task/\([0-9]*\)/comm|\1|p' | sed -n 1p)
    "$work/stall" "$worker" 8 &
    sleep 6
    before=$(grep -c WATCHDOG=1 "$work/said" || true)
    sleep 1.5
    equal "a worker stalls: the watchdog is fed no more" "$before" "$(grep -c WATCHDOG=1 "$work/said" || true)"
    contains "a worker stalls: it is said" "UDP workers have not moved" "$(cat "$work/log")"
    sleep 2
    at_least "a worker goes on: the watchdog is fed again, times" $((before + 1)) "$(grep -c WATCHDOG=1 "$work/said" || true)"
    kill "$listener"
}

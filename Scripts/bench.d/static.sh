# Sourced by Scripts/bench: the sets of rows about zones from master files, with ten thousand and with a million names.
# shellcheck shell=bash disable=SC2034,SC2154

# write_static_zone DIR HOSTS: DIR/static.example.zone with so many names of one address, 1,000 wildcards and 1,000 zone
# cuts with two servers and their glue; DIR/questions (of up to 200,000 names), .STATIC-WILDCARD and .STATIC-REFERRAL.
# DIR/name_octets is what a name has in wire form.
write_static_zone() {
    mkdir -p "$1"
    awk -v dir="$1" -v hosts="$2" '
        function address(high, i) { return "10." high + int(i / 65536) "." int(i / 256) % 256 "." i % 256 }
        BEGIN {
            zone = dir "/static.example.zone"; questions = dir "/questions"
            print "$ORIGIN static.example.\n$TTL 300" > zone
            print "@ SOA ns1 hostmaster 1 7200 1800 86400 60\n@ NS ns1\nns1 A 127.0.0.1" > zone
            for (i = 0; i < hosts; i++) {
                name = sprintf("host-%07d.rack-%02d", i, i % 100)
                print name, "A", address(0, i) > zone
                if (i % int((hosts + 199999) / 200000) == 0) print name ".static.example A" > questions
            }
            print length(name ".static.example") + 2 > (dir "/name_octets")
            for (i = 0; i < 1000; i++) {
                cut = sprintf("team-%04d", i)
                printf "*.apps-%04d A %s\n", i, address(100, i) > zone
                for (j = 1; j < 3; j++) printf "%s NS ns%d.%s\nns%d.%s A %s\n", cut, j, cut, j, cut, address(100 + 10 * j, i) > zone
            }
            for (i = 0; i < 10000; i++) {
                printf "any-%05d.apps-%04d.static.example A\n", i, i % 1000 > (questions ".STATIC-WILDCARD")
                printf "www-%05d.team-%04d.static.example A\n", i, i % 1000 > (questions ".STATIC-REFERRAL")
            }
        }' </dev/null
}

# set_start_static NAME DIR: one that answers from the zone in DIR; ours with the 10,000 Services beside it.
set_start_static() {
    local set_zones=(static.example)
    if [ "$1" != ours ]; then
        set_start_zone "$1" "$2"
        return
    fi
    write_corefile "$2/Corefile" "$work/services" "${port[ours]}" "${port[upstream]}" '' \
        "file $2/static.example.zone static.example"
    start ours "$server" -conf "$2/Corefile"
}

set_begin_static() {
    local name
    write_static_zone "$work/static" 10000
    questions=$work/static/questions
    set_choose ours knot nsd pdns coredns
    for name in "${set_servers[@]:1}"; do set_start_static "$name" "$work/static"; done
}

# static_own NAME: sets `kib` to the memory of a server's own, `cpu_ms` to the CPU time that it and its processes took.
static_own() {
    local one
    kib=$(awk '/^RssAnon:/ { print $2 }' "/proc/${pid[$1]}/status")
    cpu_ms=$(for one in $(process_tree "${pid[$1]}" | tr , ' '); do sed 's/.*) //' "/proc/$one/stat"; done |
        awk -v ticks="$(getconf CLK_TCK)" '{ sum += $12 + $13 } END { print int(sum * 1000 / ticks) }')
}

# The same with a million names: how long it takes from the start to the first answer, and what a record takes.
set_begin_static_million() {
    local name before took kib cpu_ms empty octets patience=600
    # The hosts, the wildcards, NS and glue of the zone cuts, and the apex.
    local records=$((1000000 + 1000 + 4000 + 3))
    write_static_zone "$work/static-million" 1000000
    set_choose ours knot nsd
    if measures ours; then
        # What the server has without the zone.
        write_corefile "$work/static-million/Corefile" "$work/services" "${port[ours]}" "${port[upstream]}"
        questions=$work/questions
        start ours "$server" -conf "$work/static-million/Corefile"
        sleep 1
        static_own ours
        empty=$kib
        resolver_stop ours
    fi
    questions=$work/static-million/questions
    for name in "${set_servers[@]:1}"; do
        before=${EPOCHREALTIME/./}
        set_start_static "$name" "$work/static-million"
        took=$(((${EPOCHREALTIME/./} - before) / 1000))
        static_own "$name"
        echo "STATIC-MILLION: $name answers after $took ms, $cpu_ms ms of CPU time; at most 5000 wanted"
        figures+=("\"static_million_${name}_ready_ms\": $took" "\"static_million_${name}_cpu_ms\": $cpu_ms")
    done
    measures ours || return 0
    sleep 2
    static_own ours
    octets=$(((kib - empty) * 1024 / records))
    echo "STATIC-MILLION: the zone takes $(((kib - empty) / 1024)) MiB, $octets octets a record," \
        "$((octets - $(cat "$work/static-million/name_octets"))) beyond its name; at most 150 wanted"
    figures+=("\"static_million_octets\": $octets")
}

# Sourced by Scripts/bench: starts and ends the servers of a set of rows (rows.sh).
# Takes `work`, `server`, `port`, `pid`, `start`, `measures` and the like from there.
# shellcheck shell=bash disable=SC2034,SC2154

set_zones=(cluster.local 10.in-addr.arpa)

# sets_prepare: ports, questions and the echo; an upstream that `forward` has in all sets, on the CPU of the load.
sets_prepare() {
    local servers=$server_cpu
    find_ports 21000
    port=([echo]=$found [upstream]=$((found + 1)) [knot]=$((found + 2)) [nsd]=$((found + 3)) [pdns]=$((found + 4))
        [unbound]=$((found + 5)) [dnsmasq]=$((found + 6)) [recursor]=$((found + 7)) [coredns]=$((found + 8)))
    find_ports "$((found + 10))"
    port[ours]=$found port[changing]=$found port[small]=$((found + 4))
    write_registry "$work"
    resolver_write_upstream "$work" "${port[upstream]}"
    server_cpu=$load_cpu
    start upstream nsd -d -c "$work/upstream.conf"
    server_cpu=$servers
    start echo "$work/udpecho" --port "${port[echo]}"
}

# set_choose NAME...: sets set_servers to the echo and those of them that are to be measured.
set_choose() {
    local name
    set_servers=(echo)
    for name in "$@"; do
        if measures "$name"; then set_servers+=("$name"); fi
    done
}

# set_start_zone NAME DIR: one that answers from what write_registry made in DIR.
set_start_zone() {
    case $1 in
        ours)
            write_corefile "$2/Corefile" "$2/services" "${port[ours]}" "${port[upstream]}"
            start ours "$server" -conf "$2/Corefile"
            ;;
        knot)
            write_knot_config "$2/knot.conf" "$2" "${port[knot]}" "${set_zones[@]}"
            start knot knotd -c "$2/knot.conf"
            ;;
        nsd)
            write_nsd_config "$2/nsd.conf" "$2" "${port[nsd]}" "${set_zones[@]}"
            start nsd nsd -d -c "$2/nsd.conf"
            ;;
        pdns)
            write_pdns_config "$2" "${port[pdns]}" "${set_zones[@]}"
            start pdns pdns_server --config-dir="$2/pdns-server"
            ;;
        coredns)
            write_coredns_config "$2/coredns.Corefile" "$2" "${port[coredns]}" "${set_zones[@]}"
            GOMAXPROCS=1 start coredns "$COREDNS" -conf "$2/coredns.Corefile"
            ;;
    esac
}

# set_start_cache NAME: one that asks the upstream, with room for all names.
set_start_cache() {
    case $1 in
        ours)
            write_corefile "$work/cached/Corefile" "$work/services" "${port[ours]}" "${port[upstream]}" \
                $'3600 {\n        success 20000\n    }'
            start ours "$server" -conf "$work/cached/Corefile"
            ;;
        recursor)
            resolver_write_pdns "${port[recursor]}" "${port[upstream]}"
            start recursor pdns_recursor --config-dir="$work/pdns"
            ;;
        *) resolver_start "$1" ;;
    esac
}

# set_begin_SET: starts its servers; `questions` are those whose first answer is waited for.
set_begin_names() { set_begin_zone "$work"; }

set_begin_headless() {
    write_headless_registry "$work/headless"
    set_begin_zone "$work/headless"
}

# set_begin_zone DIR
set_begin_zone() {
    local name
    questions=$1/questions
    set_choose ours knot nsd pdns coredns
    for name in "${set_servers[@]:1}"; do set_start_zone "$name" "$1"; done
}

set_begin_cached() {
    local name i
    mkdir -p "$work/cached"
    questions=$work/cached/questions
    for ((i = 10000; i < 20000; i++)); do echo "n$i.hit.wild.test A"; done >"$questions"
    set_choose ours unbound dnsmasq recursor coredns
    for name in "${set_servers[@]:1}"; do
        set_start_cache "$name"
        set_warm "$name"
    done
}

# set_warm NAME: asks for all forwarded names until every one is answered at once; a few datagrams may be lost.
set_warm() {
    local try
    for ((try = 0; try < 5; try++)); do
        resolver_ask "$1" 10000 10000 hit "$rows_window"
        if [ "$try" -gt 0 ] && [ "$(field right_percent "$line")" = 100.000 ]; then return; fi
    done
    fail "$1 does not answer all forwarded names: $line"
}

# set_questions NAME ROW: the file of what is asked.
set_questions() {
    case $1,$2 in
        small,*) echo "$work/questions" ;;
        *,AAAA | *,NXDOMAIN | *,PTR | *,SRV | *,STATIC-WILDCARD | *,STATIC-REFERRAL) echo "$questions.$2" ;;
        *) echo "$questions" ;;
    esac
}

# set_end: stops all but the echo.
set_end() {
    local name
    for name in "${set_servers[@]:1}"; do
        [ "$name" = changing ] || resolver_stop "$name"
    done
}

# Sourced by life.sh: reloads, restarts, upgrades and kill -9, which must lose nothing.
# shellcheck shell=bash disable=SC2154

part_reloads() {
    local count turn before
    count=$(short 100 20)
    life_corefile
    : >"$work/log"
    start_server
    load_begins
    sleep 1
    before=$(descriptors)
    for turn in $(seq "$count"); do
        sed -i "s/ttl [0-9]*/ttl $((turn % 50 + 5))/" "$work/Corefile"
        kill -HUP "$server"
        await 10 has_said 'Reloading complete' $((turn - 1)) || fail "reload $turn completes"
        load_lasts $((span * turn / count))
    done
    load_ends
    nothing_lost "$count reloads"
    # One that was closed in the midst of a query would have been asked again.
    equal "$count reloads: no connection is cut" "0 0" "$(of tcp again) $(of tls again)"
    at_most "$count reloads: descriptors more than before" 0 $(($(descriptors) - before))
}

has_udp() { [ "$(ss -Hlun "sport = :$port" | wc -l)" -ge 1 ]; }
# The server under what stands in systemd's place, with sockets that outlive it; `restarts` says how often it has started.
part_restarts() {
    local count turn
    count=$(short 10 3)
    life_corefile
    : >"$work/log"
    cat >"$work/supervisor" <<'SUPERVISOR'
trap 'kill "$server"' TERM
while [ ! -e "$WORK/end" ]; do
    (LISTEN_PID=$BASHPID exec "$CLUSTERDNS" -conf "$WORK/Corefile" >>"$WORK/log" 2>&1) &
    server=$!
    echo "$server" >"$WORK/pid"
    wait "$server"
    echo $? >>"$WORK/statuses"
done
SUPERVISOR
    rm -f "$work/end" "$work/statuses"
    WORK=$work CLUSTERDNS=$clusterdns systemd-socket-activate --listen="127.0.0.1:$port" --listen="127.0.0.1:$tls_port" \
        --setenv=WORK --setenv=CLUSTERDNS systemd-socket-activate --datagram --listen="127.0.0.1:$port" \
        --fdname=tcp:tls:udp --setenv=WORK --setenv=CLUSTERDNS "$(command -v bash)" "$work/supervisor" >"$work/activator" 2>&1 &
    local supervisor=$!
    started+=("$supervisor")
    await 5 tcp_open "$port" || { fail "systemd-socket-activate opens the port"; return; }
    await 5 taken_by_udp || true
    dig +short +tries=1 +time=20 -p "$port" @127.0.0.1 my-nginx.default.svc.cluster.local >/dev/null
    # As long as a resolver of glibc waits: a client that connects while the old one drains is served by the new one.
    load_begins --deadline 5
    for turn in $(seq "$count"); do
        load_lasts $((span * turn / (count + 1)))
        kill -TERM "$(cat "$work/pid")"
        await 10 has_said 'answering on' "$turn" || fail "the server starts again"
    done
    load_lasts "$span"
    load_ends
    : >"$work/end"
    kill -TERM "$(cat "$work/pid")"
    wait "$supervisor" || true
    equal "$count restarts, each with status 0" "$((count + 1)) 0" "$(grep -c . "$work/statuses") $(grep -vc '^0$' "$work/statuses" || true)"
    nothing_lost "$count restarts with sockets that stay"
}

part_upgrades() {
    local count turn old status failed=0
    count=$(short 20 4)
    # What the kernel does with half-made connections of a socket that closes, where it may.
    sysctl -qw net.ipv4.tcp_migrate_req=1 2>/dev/null || echo "  tcp_migrate_req cannot be set here"
    life_corefile
    : >"$work/log"
    "$clusterdns" --share-port -conf "$work/Corefile" >"$work/log" 2>&1 &
    server=$!
    started+=("$server")
    await 10 has_said 'answering on' 0 || { fail "the server starts"; return; }
    load_begins
    for turn in $(seq "$count"); do
        load_lasts $((span * turn / (count + 1)))
        old=$server
        "$clusterdns" --share-port -conf "$work/Corefile" >"$work/log" 2>&1 &
        server=$!
        started+=("$server")
        await 10 has_said 'answering on' 0 || { fail "the new server starts beside the old one"; cat "$work/log"; }
        sleep 0.2
        kill -TERM "$old"
        status=0
        wait "$old" || status=$?
        [ "$status" = 0 ] || failed=$((failed + 1))
    done
    load_lasts "$span"
    load_ends
    equal "$count upgrades: each old server ends with status 0" 0 "$failed"
    nothing_lost "$count upgrades beside each other"
}

# One registry that forgets nothing: addresses that were given to Services, and Services of an API that may be away.
part_kills() {
    local count turn given now wrong=0 lost=0 control
    count=$(short 100 8)
    rm -rf "$work/services" "$work"/registry.sqlite*
    copy_registry
    life_corefile
    start_server
    for turn in $(seq $((count / 2))); do
        printf '{"apiVersion":"v1","kind":"Service","metadata":{"name":"given-%s"},"spec":{"ports":[{"port":80}]}}' "$turn" \
            >"$work/services/given-$turn.json"
        await 5 eval "[ -n \"\$(ask given-$turn.default.svc.cluster.local A)\" ]" || fail "given-$turn has an address"
        echo "given-$turn $(ask "given-$turn.default.svc.cluster.local" A)" >>"$work/given"
        kill -KILL "$server"
        wait "$server" 2>/dev/null || true
        # So that nothing but the file can say which address it was: a name that would be given the same one is in front.
        start_server
        while read -r name given; do
            now=$(ask "$name.default.svc.cluster.local" A)
            if [ -z "$now" ]; then lost=$((lost + 1)); elif [ "$now" != "$given" ]; then wrong=$((wrong + 1)); fi
        done < <(tail -n 5 "$work/given")
    done
    equal "$((count / 2)) times kill -9: addresses lost, and other ones than before" "0 0" "$lost $wrong"
    stop_server
    kills_of_api $((count / 2))
}

kills_of_api() {
    local turn lost=0 wrong=0 address control since longest=0
    mkdir -p "$work/objects"
    echo '{apiVersion: v1, kind: Namespace, metadata: {name: shop}}' >"$work/objects/shop.yaml"
    "$simulated" --manifests "$work/objects" --tls --port 0 --kubeconfig "$work/kubeconfig" >"$work/api" 2>&1 &
    started+=($!)
    await 20 grep -q '^ready' "$work/api" || { fail "the simulated API server starts"; cat "$work/api"; return; }
    control=$(sed -n 's/^control //p' "$work/api")
    rm -f "$work"/registry.sqlite*
    sed -i -e "s|manifests services|kubeconfig $work/kubeconfig|" -e '/service_cidr/d' \
        -e 's/pods insecure/startup_timeout 1s/' "$work/Corefile"
    start_server
    for turn in $(seq "$1"); do
        address=10.0.$((turn / 250)).$((turn % 250 + 1))
        curl -sS -o /dev/null --max-time 5 -X POST --data-binary \
            "{apiVersion: v1, kind: Service, metadata: {name: moving, namespace: shop}, spec: {clusterIP: $address, ports: [{port: 80}]}}" \
            "$control/objects"
        # How soon is for another exercise to judge; here every change has to come.
        since=$(milliseconds)
        await 15 eval "[ \"\$(ask moving.shop.svc.cluster.local A)\" = $address ]" || fail "change $turn is seen"
        since=$(($(milliseconds) - since))
        [ "$since" -le "$longest" ] || longest=$since
        # Every second time it has had the time to write; the other times the API tells it again.
        if [ $((turn % 2)) = 0 ]; then sleep 1.3; curl -sS -o /dev/null --max-time 5 -X POST "$control/stop"; fi
        kill -KILL "$server"
        wait "$server" 2>/dev/null || true
        start_server
        if [ $((turn % 2)) = 0 ]; then
            case $(ask moving.shop.svc.cluster.local A) in "$address") ;; '') lost=$((lost + 1)) ;; *) wrong=$((wrong + 1)) ;; esac
            curl -sS -o /dev/null --max-time 5 -X POST "$control/start"
        else
            await 2 eval "[ \"\$(ask moving.shop.svc.cluster.local A)\" = $address ]" || wrong=$((wrong + 1))
        fi
    done
    echo "  the longest a change took to be seen, with the API's return where it was away: $longest ms"
    equal "$1 times kill -9 beside an API, half of them without it: records lost, and wrong" "0 0" "$lost $wrong"
}

part_hangups() {
    local count turn complete=0 failed=0 before after opened threads_before
    count=$(short 1000 50)
    life_corefile
    : >"$work/log"
    start_server
    load_begins --udp 2000 --tcp 200 --tls 100
    cp "$work/Corefile" "$work/good"
    sed 's/loadbalance/loadbalence/' "$work/Corefile" >"$work/bad"
    for turn in $(seq "$count"); do
        if [ $((turn % 2)) = 0 ]; then cat "$work/bad" >"$work/Corefile"; failed=$((failed + 1))
        else sed "s/ttl [0-9]*/ttl $((turn % 50 + 5))/" "$work/good" >"$work/Corefile"; complete=$((complete + 1)); fi
        kill -HUP "$server"
        await 10 hangup_done "$turn" || fail "SIGHUP $turn is done"
        # The first hundred warm it up: what malloc keeps is kept by then.
        if [ "$turn" = $((count / 5)) ]; then before=$(memory) opened=$(descriptors) threads_before=$(threads); fi
    done
    after=$(memory)
    load_ends
    equal "$count SIGHUPs: good ones taken, bad ones refused" "$complete $failed" \
        "$(said_times 'Reloading complete') $(said_times 'Reloading failed')"
    nothing_lost_of_few "$count SIGHUPs"
    at_most "$count SIGHUPs: KiB more than after the first fifth" 1024 $((after - before))
    at_most "$count SIGHUPs: descriptors more" 8 $(($(descriptors) - opened))
    at_most "$count SIGHUPs: threads more" 0 $(($(threads) - threads_before))
}
hangup_done() { [ $(($(said_times 'Reloading complete') + $(said_times 'Reloading failed'))) -ge "$1" ]; }
nothing_lost_of_few() {
    local transport
    for transport in udp tcp tls; do
        equal "$1: $transport: none of $(of $transport sent) lost, and none wrong" "0 0" \
            "$(of $transport lost) $(of $transport wrong)"
    done
}

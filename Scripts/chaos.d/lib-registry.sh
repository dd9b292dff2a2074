# Sourced by the parts of `registry`: a world of objects in a simulated API server, a server that follows it, and `truth`,
# which asks steadily and knows what is right.
# shellcheck shell=bash disable=SC2154

# What never changes: 2,000 Services, a hundred of them headless; a thousand endpoints.
steady_objects=services=2000,slices=200,endpoints=5,headless=100

# write_questions FILE: what is true of them, as Tests/DNSTesting/APIServer/Generator.swift numbers them.
write_questions() {
    awk 'BEGIN {
        for (i = 0; i < 2000; i++) {
            name = "svc-" i ".ns-" i % 10 ".svc.cluster.local"
            value = "10.96." int(i / 256) "." i % 256
            if (i < 100) {
                value = ""
                for (j = i * 5; j < i * 5 + 5; j++) value = value (value == "" ? "" : ",") "10.128." int(j / 256) "." j % 256
            }
            print name, value
            if (i % 10 == 0) print "no-" i ".ns-" i / 10 % 10 ".svc.cluster.local", "NXDOMAIN"
        }
    }' </dev/null >"$1"
}

# What changes: a Service that moves, one that comes and goes, the endpoints of a headless one.
changes=0 moved='' toggled='' ends=''
next_values() {
    changes=$((changes + 1))
    moved=10.200.$((changes / 250)).$((changes % 250 + 1))
    if [ "${toggled:-NXDOMAIN}" = NXDOMAIN ]; then toggled=10.201.$((changes / 250)).$((changes % 250 + 1)); else toggled=NXDOMAIN; fi
    ends=10.202.$((changes / 250)).$((changes % 250 + 1))
    if ((changes % 3)); then ends+=,10.203.1.$((changes % 3)); fi
}
service() { echo "{apiVersion: v1, kind: Service, metadata: {name: $1, namespace: chaos}, spec: {clusterIP: $2, ports: [{port: 80}]}}"; }
slice() {
    local labels="{kubernetes.io/service-name: ends}" list
    printf -v list '{addresses: [%s], conditions: {ready: true}}, ' ${ends//,/ }
    echo "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: ends-1, namespace: chaos, labels: $labels}," \
        "addressType: IPv4, ports: [{port: 80, protocol: TCP}], endpoints: [$list]}"
}
# write_world: all that changes into the folder that an API server is started with.
write_world() {
    {
        echo "{apiVersion: v1, kind: Namespace, metadata: {name: chaos}}"
        printf -- '---\n%s\n' "$(service moved "$moved")" "$(service ends None)" "$(slice)"
        if [ "$toggled" != NXDOMAIN ]; then printf -- '---\n%s\n' "$(service toggled "$toggled")"; fi
    } >"$work/world/world.yaml"
}

# tell LINE: a command to `truth`. hear: sets `told` to what it says, which for a change takes its patience at most.
patience=60
tell() {
    kill -0 "$truth" 2>/dev/null || { fail "truth lives, and is told: $1"; exit 1; }
    echo "$1" >&"${truth_in}"
}
hear() {
    IFS= read -r -t $((patience + 10)) told <&"${truth_out}" ||
        { fail "truth says within $((patience + 10)) seconds how the last change went"; exit 1; }
}
# step WORDS: what a part is at, for whoever finds that it takes too long.
step() { if [ -n "${CHAOS_FIGURES-}" ]; then echo "$*" >"$CHAOS_FIGURES/step.$seed"; fi; }
tell_changes() {
    tell "change moved.chaos.svc.cluster.local $moved"
    tell "change toggled.chaos.svc.cluster.local $toggled"
    tell "change ends.chaos.svc.cluster.local $ends"
}

# change_world [now|there]: all three names get other values, and the API server is told; `there`: it is not, since it will
# find them in its folder; `now`: nothing keeps them from being seen, so the time begins before it is told.
change_world() {
    next_values
    write_world
    tell_changes
    case ${1-} in
        there) return ;;
        now) over ;;
    esac
    control POST objects "$(service moved "$moved")
---
$(slice)"
    if [ "$toggled" = NXDOMAIN ]; then control DELETE 'object?resource=services&namespace=chaos&name=toggled'; else
        control POST objects "$(service toggled "$toggled")"
    fi
}

# begin_world: the API server with all of it. Its clients have a token from a file.
begin_world() {
    mkdir -p "$work/world" "$work/tls"
    next_values
    write_world
    write_questions "$work/questions"
    token=first
    echo $token >"$work/token"
    free_port; api_port=$found
    free_port; control_port=$found
    run_api
}
run_api() {
    start_api --generate $steady_objects --manifests "$work/world" --tls --tls-directory "$work/tls" --token "$token" \
        --port "$api_port" --control-port "$control_port" "$@"
    sed -i "s|token: .*|tokenFile: $work/token|" "$work/kubeconfig"
}

# begin_server MODE: a server that follows the world by `list` or by `stream`, and `truth` beside it, in sync.
begin_server() {
    step "the start of a server that follows by $1"
    control POST "settings?watchList=$([ "$1" = list ] && echo refused || echo enabled)"
    write_corefile 0s
    sed -i -e "s|manifests services|kubeconfig $work/kubeconfig|" -e '/service_cidr/d' -e '/pods insecure/d' "$work/Corefile"
    start_server
    await 20 answers_steady || { fail "a server that starts answers within 20 seconds"; cat "$work/log"; exit 1; }
    coproc TRUTH { exec "$work/truth" --port "$port" --questions "$work/questions" --rate 1000 --patience $patience 2>>"$work/untrue"; }
    truth_in=${TRUTH[1]} truth_out=${TRUTH[0]} truth=$TRUTH_PID
    started+=("$truth")
    tell_changes
    over
    hear
    case $told in recovered*) ;; *) fail "a server that starts is in sync: $told" ;; esac
}
answers_steady() { [ "$(ask moved.chaos.svc.cluster.local A)" = "$moved" ]; }

# end_server: what `truth` counted is added to $work/sums.
end_server() {
    step "the end of a server"
    tell quit
    hear
    echo "$told" >>"$work/sums"
    exec {truth_in}>&-
    ended "$truth" 10 "truth ends when it is told to"
    if ! alive; then fail "the server lives to the end"; tail -n 20 "$work/log"; fi
    kill -TERM "$server" 2>/dev/null || true
    ended "$server" 10 "the server ends on SIGTERM"
}

# kill_api, revive_api: SIGKILL, and a start with what etcd would hold: the objects as they are now, versions that go on.
kill_api() {
    control GET state
    revision=$(jq_number revision)
    kill -KILL "$api"
    ended "$api" 10 "the simulated API server is killed"
}
revive_api() { run_api --revision "$((revision + 1000))"; }
jq_number() { sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" "$work/control"; }

pause() { sleep "0.$((RANDOM % 900 + 100))"; }

# over: what kept changes from being seen ends now; to be called before it is ended, so that no time is lost.
over() { tell ended; }

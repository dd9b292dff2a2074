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

# tell LINE: a command to `truth`. hear: sets `told` to what it says.
tell() { echo "$1" >&"${truth_in}"; }
hear() { IFS= read -r -t 90 told <&"${truth_out}" || { fail "truth goes on"; exit 1; }; }
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
    control POST "settings?watchList=$([ "$1" = list ] && echo refused || echo enabled)"
    write_corefile 0s
    sed -i -e "s|manifests services|kubeconfig $work/kubeconfig|" -e '/service_cidr/d' -e '/pods insecure/d' "$work/Corefile"
    start_server
    await 20 answers_steady || { fail "a server that starts answers within 20 seconds"; cat "$work/log"; exit 1; }
    coproc TRUTH { exec "$work/truth" --port "$port" --questions "$work/questions" --rate 1000 2>>"$work/untrue"; }
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
    tell quit
    hear
    echo "$told" >>"$work/sums"
    exec {truth_in}>&-
    wait "$truth" 2>/dev/null || true
    forget "$truth"
    if ! alive; then fail "the server lives to the end"; tail -n 20 "$work/log"; fi
    end_process "$server"
    forget "$server"
}

# kill_api, revive_api: SIGKILL, and a start with what etcd would hold: the objects as they are now, versions that go on.
kill_api() {
    control GET state
    revision=$(jq_number revision)
    kill -KILL "$api"
    wait "$api" 2>/dev/null || true
    forget "$api"
}
revive_api() { run_api --revision "$((revision + 1000))"; }
jq_number() { sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" "$work/control"; }

pause() { sleep "0.$((RANDOM % 900 + 100))"; }

# over: what kept changes from being seen ends now; to be called before it is ended, so that no time is lost.
over() { tell ended; }

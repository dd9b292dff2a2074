# Sourced by every scenario: starts and stops the server, and says what holds.
#
# A scenario is a bash script that runs the built program as a user would. It prints one line for each thing it
# checks: "ok - …", "not ok - …" (with both values below) or "skip - …" (with the reason), which Scripts/test counts.
# CLUSTERDNS names the program; Scripts/test sets it. All that a scenario starts and writes is gone when it ends.
# shellcheck shell=bash
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../.." && pwd)
clusterdns=${CLUSTERDNS:-$repository/.build/debug/clusterdns}
work=$(mktemp -d)
# A server that root starts goes on as user 65532, and as nobody else where that one may read and write here.
[ "$(id -u)" -ne 0 ] || chown 65532 "$work" 2>/dev/null || true
started=()
failures=0

pass() { echo "ok - $1"; }
skip() { echo "skip - $1"; }
# cannot WHAT: ends a scenario that this machine does not allow; continuous integration must allow it.
cannot() {
    if [ "${CI-}" = true ]; then fail "$1"; else skip "$1"; fi
    exit 0
}
fail() {
    echo "not ok - $1"
    failures=$((failures + 1))
}

# equal WHAT EXPECTED ACTUAL
equal() {
    if [ "$2" = "$3" ]; then pass "$1"; return; fi
    fail "$1"
    diff -u --label expected --label actual <(printf '%s\n' "$2") <(printf '%s\n' "$3") | tail -n +3 || true
}

# contains WHAT NEEDLE HAYSTACK
contains() {
    case $3 in *"$2"*) pass "$1" ;; *) fail "$1"; printf '%s\n' "wanted: $2" "in: $3" ;; esac
}

# lacks WHAT NEEDLE HAYSTACK
lacks() {
    case $3 in *"$2"*) fail "$1"; printf '%s\n' "unwanted: $2" "in: $3" ;; *) pass "$1" ;; esac
}

# same_as_file WHAT FILE ACTUAL: FILE lies in expected/.
same_as_file() { equal "$1" "$(cat "$here/expected/$2")" "$3"; }

# status_of COMMAND...: its exit status; its output is in $work/out and $work/err.
status_of() {
    local status=0
    "$@" >"$work/out" 2>"$work/err" || status=$?
    echo "$status"
}

# taken PORT: somebody listens there. (awk reads to the end: a reader that leaves early fails its writer, and so the pipe.)
taken() { ss -Hlntu | awk -v port=":$1\$" '$5 ~ port { found = 1 } END { exit !found }'; }

# Sets `found` to a port nobody has, for UDP and TCP; each call gives another one.
next_port=$((20000 + RANDOM % 9000))
free_port() {
    next_port=$((next_port + 1))
    while taken "$next_port"; do next_port=$((next_port + 1)); done
    found=$next_port
}

# copy_registry: puts Zones/services into $work/services, to be changed at will.
copy_registry() { cp -r "$repository/Zones/services" "$work/services"; }

# write_corefile [LAMEDUCK]: $work/Corefile for $work/services; sets `port`, `health_port`, `ready_port`, `metrics_port`.
write_corefile() {
    free_port; port=$found
    free_port; health_port=$found
    free_port; ready_port=$found
    free_port; metrics_port=$found
    cat >"$work/Corefile" <<COREFILE
.:$port {
    bind 127.0.0.1
    errors
    health 127.0.0.1:$health_port {
        lameduck ${1:-0s}
    }
    ready 127.0.0.1:$ready_port
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        manifests services
        service_cidr 10.0.0.0/16 fd00:10::/108
        state registry.sqlite
        pods insecure
        ttl 5
    }
    prometheus 127.0.0.1:$metrics_port
    loadbalance
}
COREFILE
}

# await SECONDS COMMAND...: repeats it until it succeeds.
await() {
    local end=$((SECONDS + $1 + 1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.02
    done
}

tcp_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# start_server: serves $work/Corefile; sets `server`, its process. Its log is $work/log.
start_server() {
    "$clusterdns" -conf "$work/Corefile" >>"$work/log" 2>&1 &
    server=$!
    started+=("$server")
    if ! await 20 tcp_open "$port"; then
        fail "the server opens its port within 20 seconds"
        cat "$work/log"
        exit 1
    fi
}

# stop_server: SIGTERM; sets `server_status` to how it ended.
# shellcheck disable=SC2034
stop_server() {
    kill -TERM "$server"
    server_status=0
    wait "$server" || server_status=$?
}

# ask NAME TYPE [OPTION]...: the answer section as dig +short prints it, in sorted order.
# Its comments, such as that nobody answers, are no answer.
ask() { dig +short +tries=1 +time=2 -p "$port" @127.0.0.1 "$@" | sed '/^;/d' | sort; }

# status_word NAME TYPE: NOERROR, NXDOMAIN…
status_word() { dig +tries=1 +time=2 -p "$port" @127.0.0.1 "$@" | sed -n 's/.*status: \([A-Z]*\),.*/\1/p'; }

# build_udpload: sets `udpload` to the load program, or fails the scenario.
build_udpload() {
    udpload=$work/udpload
    "$(command -v cc || command -v clang)" -O2 -std=gnu17 -o "$udpload" "$repository/Scripts/bench.d/udpload.c"
}

stop_all() {
    local status=$? process
    trap - EXIT INT TERM
    for process in "${started[@]}"; do kill -TERM "$process" 2>/dev/null || true; done
    for process in "${started[@]}"; do
        await 10 eval "! kill -0 $process" || kill -KILL "$process" 2>/dev/null || true
    done
    if declare -F clean_up >/dev/null; then clean_up; fi
    rm -rf "$work"
    [ "$failures" -eq 0 ] || status=1
    exit "$status"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

[ -x "$clusterdns" ] || { fail "$clusterdns is there; build it, or name it with CLUSTERDNS"; exit 1; }

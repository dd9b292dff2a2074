#!/usr/bin/env bash
# Life under load: reloads, restarts, upgrades, kill -9 and a machine that lets the server down, while clients ask over
# UDP, TCP and TLS and compare every answer.
#
# usage: Scripts/chaos.d/life.sh [--quick] [--realtime] [--only WORD]
# --quick takes about a minute; --only runs the parts that have WORD in their names; --realtime gives reloads, restarts and
# upgrades real-time priority, on a machine that is busy with other things. Prints "ok - …" and "not ok - …"
# with the figures; ends with 1 where something did not hold. CLUSTERDNS and SIMULATED_API_SERVER name the programs.
# Runs in a network and a mount namespace of its own, so it needs root or the right to user namespaces.
# shellcheck disable=SC2154
quick=no realtime=no only=
[ -z "${CHAOS_QUICK-}" ] || quick=yes
for ((i = 1; i <= $#; i++)); do
    case ${!i} in
        --quick) quick=yes ;;
        --realtime) realtime=yes ;;
        --only) i=$((i + 1)); only=${!i?life: --only needs a word} ;;
        *) echo "life: unknown argument ${!i}; there are --quick, --realtime and --only WORD" >&2; exit 2 ;;
    esac
done
folder=$(cd "$(dirname "$0")" && pwd)
if [ -z "${OWN_NETWORK-}" ]; then
    # shellcheck source=Scripts/packages.sh
    . "$folder/../packages.sh"
    require_packages bind9-dnsutils curl iproute2 libssl-dev openssl util-linux
    require_command systemd-socket-activate systemd
fi
# shellcheck source=Tests/Scenarios/lib-network.sh
. "$folder/../../Tests/Scenarios/lib-network.sh"
simulated=${SIMULATED_API_SERVER:-$(dirname "$clusterdns")/SimulatedAPIServer}
[ -x "$simulated" ] || { fail "$simulated is there; build it, or name it with SIMULATED_API_SERVER"; exit 1; }
"$compiler" -O2 -std=gnu17 -o "$work/steady" "$folder/steady.c" -lssl -lcrypto -lpthread
for tool in notified stall; do build $tool Tests/Scenarios/fixtures; done

# short FULL QUICK: one of the two.
short() { if [ "$quick" = yes ]; then echo "$2"; else echo "$1"; fi; }
at_most() { if [ "$3" -le "$2" ]; then pass "$1: $3"; else fail "$1: $3, which is more than $2"; fi; }
at_least() { if [ "$3" -ge "$2" ]; then pass "$1: $3"; else fail "$1: $3, which is less than $2"; fi; }
memory() { sed -n 's/^RssAnon:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$server/status"; }
descriptors() { find "/proc/$server/fd" -type l | wc -l; }
threads() { find "/proc/$server/task" -mindepth 1 -maxdepth 1 | wc -l; }
milliseconds() { echo $((${EPOCHREALTIME/./} / 1000)); }

# The rates of the load: 20,000 queries a second, all together.
udp_rate=16600 tcp_rate=2000 tls_rate=1400
# How long the load must go on for a million queries over UDP and 100,000 over TCP.
span=$(short 61 6)

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=life.test -keyout "$work/tls.key" \
    -out "$work/tls.pem" 2>/dev/null

# life_corefile: $work/Corefile with TLS, for Zones/services. Sets `port` and `tls_port`.
life_corefile() {
    [ -d "$work/services" ] || copy_registry
    write_corefile
    free_port; tls_port=$found
    sed -i -e "s|^\.:$port|.:$port tls://.:$tls_port|" -e "s|    errors|    errors\n    tls $work/tls.pem $work/tls.key|" "$work/Corefile"
}
cat >"$work/questions" <<'QUESTIONS'
my-nginx.default.svc.cluster.local A NOERROR 10.0.162.149
my-nginx.default.svc.cluster.local AAAA NOERROR
kube-dns.kube-system.svc.cluster.local A NOERROR 10.0.0.10
web.examples.svc.cluster.local A NOERROR 10.244.5.10 10.244.5.11
dual.examples.svc.cluster.local AAAA NOERROR fd00:10::4:14
no-such-%.default.svc.cluster.local A NXDOMAIN
10-244-3-4.my-nginx.default.svc.cluster.local A NOERROR 10.244.3.4
QUESTIONS

# dropped: datagrams that the kernel had no room for in this network so far, in the server's sockets or the load's.
dropped() { awk '/^Udp: [0-9]/ { print $6 }' /proc/net/snmp; }
# load_begins [OPTION]...: the load, until load_ends. Its lines are in $work/load, and its complaints in $work/complaints.
load_begins() {
    "$work/steady" --port "$port" --tls-port "$tls_port" --questions "$work/questions" --udp $udp_rate --tcp $tcp_rate \
        --tls $tls_rate --seconds 600 "$@" >"$work/load" 2>"$work/complaints" &
    load=$!
    started+=("$load")
    load_since=$SECONDS
    dropped_before=$(dropped)
}
# load_lasts SECONDS: waits until it has lasted that long.
load_lasts() { while [ $((SECONDS - load_since)) -lt "$1" ]; do sleep 0.2; done; }
# of TRANSPORT NAME: a figure of the last load.
of() { sed -n "s/^$1 .*\\b$2=\\([0-9]*\\).*/\\1/p" "$work/load"; }
load_ends() {
    kill -TERM "$load"
    wait "$load" || true
    sed 's/^/  /' "$work/load"
    echo "  full queues dropped $(($(dropped) - dropped_before)) datagrams"
    sed 's/, sent .*//' "$work/complaints" | sort | uniq -c | sort -rn | sed -n '1,5s/^/  /p'
}
# nothing_lost WHAT: by the last load.
nothing_lost() {
    local transport
    for transport in udp tcp tls; do
        equal "$1: $transport: none of $(of $transport sent) lost, and none wrong" "0 0" \
            "$(of $transport lost) $(of $transport wrong)"
    done
    if [ "$quick" = no ]; then
        at_least "$1: over UDP there were" 1000000 "$(of udp sent)"
        at_least "$1: over TCP there were" 100000 "$(of tcp sent)"
    fi
}
said_times() { grep -c "$1" "$work/log" || true; }
has_said() { [ "$(said_times "$1")" -gt "$2" ]; }

# hurried yes|no: whether what is started from now on has real-time priority, where that is asked for. While a server is
# started again what comes waits in the kernel, in room for half a second of this load: on a machine that is busy with
# other things a start takes longer than that, which is no fault of a restart. `dropped` tells such a loss from others.
hurried() {
    local policy=(-o -p 0)
    [ "$realtime" = yes ] || return 0
    [ "$1" = no ] || policy=(-r -p 5)
    chrt "${policy[@]}" $$ 2>/dev/null || echo "  without real-time priority: it is not allowed here"
}

# Parts, each a file: what is lost, and what fails around the server.
# shellcheck source=Scripts/chaos.d/lib-life-changes.sh
. "$folder/lib-life-changes.sh"
# shellcheck source=Scripts/chaos.d/lib-life-machine.sh
. "$folder/lib-life-machine.sh"

for part in reloads restarts upgrades kills hangups full_disk read_only_disk clock link descriptors_gone stall; do
    case $part in *"$only"*) ;; *) continue ;; esac
    echo "$part"
    server=
    case $part in reloads | restarts | upgrades) hurried yes ;; *) hurried no ;; esac
    "part_$part"
    if [ -n "$server" ] && kill -0 "$server" 2>/dev/null; then stop_server; fi
done

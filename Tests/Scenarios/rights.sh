#!/usr/bin/env bash
# Started as root, the server gives up what it does not need before it answers, and goes on without it: robustness facts 90
# and 92. Needs root.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"

if [ "$(id -u)" -ne 0 ] || ! chown 65532 "$work" 2>/dev/null; then cannot "rights given up: needs root"; fi
chown 0:0 "$work"
# What anyone may read, with a state directory that is not there yet.
chmod 755 "$work"
copy_registry
write_corefile 0s
sed -i 's/state registry.sqlite/state state\/registry.sqlite/; s/^    loadbalance/    reload 1s 0s\n    loadbalance/' "$work/Corefile"

# of_threads FIELD...: the values of all threads of the server, each once.
of_threads() { awk -v names="^($1):" '$0 ~ names { $1 = ""; print }' "/proc/$server"/task/*/status | sort -u | xargs; }
await_answer() { [ "$(ask "$1" A)" = "$2" ]; }

start_server
equal "it is user 65532, in each of its threads" "65532 65532 65532 65532" "$(of_threads Uid)"
equal "and group 65532" "65532 65532 65532 65532" "$(of_threads Gid)"
equal "in no other group" "" "$(of_threads Groups)"
# 400 is bit 10, CAP_NET_BIND_SERVICE.
equal "it may open ports below 1024, and nothing more" 0000000000000400 "$(of_threads CapPrm)$(of_threads CapEff | sed 's/0000000000000400//')"
equal "nor may a program it runs" "0000000000000000 0000000000000000" "$(of_threads CapInh) $(of_threads CapAmb)"
equal "nor have more by itself" 1 "$(of_threads NoNewPrivs)"
equal "its system calls are filtered" 2 "$(of_threads Seccomp)"
equal "it leaves no core file" 0 "$(awk '/^Max core file size/ { print $5 + $6 }' "/proc/$server/limits")"
equal "and who is the same user cannot look into it" 1 \
    "$(status_of setpriv --reuid 65532 --regid 65532 --clear-groups cat "/proc/$server/environ")"
equal "the state is that user's" "65532 700" "$(stat -c '%u %a' "$work/state")"
equal "and is written" 65532 "$(stat -c %u "$work/state/registry.sqlite")"
contains "the log says so" "rights: the server runs as user 65532 and may write to $work/state" "$(cat "$work/log")"

# Everything goes on: answers, changes, a port below 1024 by reload, a restart.
equal "it answers" 10.0.162.149 "$(ask my-nginx.default.svc.cluster.local A)"
equal "over TCP" 10.0.162.149 "$(ask +tcp my-nginx.default.svc.cluster.local A)"
cat >"$work/services/added.yaml" <<'YAML'
apiVersion: v1
kind: Service
metadata: { name: added, namespace: default }
spec: { clusterIP: 10.0.9.9, ports: [{ port: 80 }] }
YAML
equal "takes a change" 0 "$(status_of await 5 await_answer added.default.svc.cluster.local 10.0.9.9)"
low=$((700 + RANDOM % 300))
while taken $low; do low=$((low + 1)); done
sed -i "1s/.*/.:$port .:$low {/" "$work/Corefile"
kill -HUP "$server"
low_answers() { [ "$(dig +short +tries=1 +time=1 -p $low @127.0.0.1 added.default.svc.cluster.local)" = 10.0.9.9 ]; }
equal "opens port $low at a reload" 0 "$(status_of await 5 low_answers)"
contains "has metrics" process_open_fds "$(curl -sS --max-time 5 "http://127.0.0.1:$metrics_port/metrics")"
equal "every thread is as before" "65532 65532 65532 65532 2" "$(of_threads Uid) $(of_threads Seccomp)"
kill -KILL "$server"
wait "$server" 2>/dev/null || true
start_server
equal "starts again with its state" 10.0.162.149 "$(ask my-nginx.default.svc.cluster.local A)"
lacks "which is not lost" "registry file cannot be used" "$(cat "$work/log")"

# What it names later must be its own to read.
mkdir -m 700 "$work/secret"
echo '192.0.2.1 secret.example' >"$work/secret/hosts"
sed -i 's/^    errors/    errors\n    import secret\/hosts/' "$work/Corefile"
kill -HUP "$server"
refused() { grep -q 'Reloading failed.*permission denied' "$work/log"; }
equal "a file that only root may read is refused at a reload" 0 "$(status_of await 5 refused)"
equal "and it answers on" 10.0.162.149 "$(ask my-nginx.default.svc.cluster.local A)"
sed -i '/import secret/d' "$work/Corefile"
stop_server
equal "it ends well" 0 "$server_status"

# Where the files are root's alone it stays root, without root's rights, and says how to mend it.
chmod 700 "$work"
chown -R 0:0 "$work/state"
: >"$work/log"
start_server
equal "with files of root alone it is root" "0 0 0 0" "$(of_threads Uid)"
equal "without rights, filtered" "0000000000000400 1 2" "$(of_threads CapEff) $(of_threads NoNewPrivs) $(of_threads Seccomp)"
contains "and the log says how to mend it" "chown 65532" "$(cat "$work/log")"
stop_server
chown -R 65532:65532 "$work/state"
start_server
# 402 has bit 1 too, CAP_DAC_OVERRIDE.
equal "with files of two owners it may also read and write those" "0 0 0 0 0000000000000402" "$(of_threads Uid) $(of_threads CapEff)"
equal "its state among them" 10.0.162.149 "$(ask my-nginx.default.svc.cluster.local A)"
lacks "which it uses" "registry file cannot be used" "$(cat "$work/log")"
stop_server

# A state directory of somebody else, a user that is named, and one that cannot work.
chmod 755 "$work"
chown -R 1234:1234 "$work/state"
start_server
equal "it is the owner of the state directory" "1234 1234 1234 1234" "$(of_threads Uid)"
stop_server
equal "a user that may not write the state ends the start" 1 \
    "$(status_of timeout 20 "$clusterdns" -conf "$work/Corefile" --user 4321)"
contains "with one sentence" "--user: user 4321 may not use $work/state" "$(cat "$work/err")"
equal "an unknown user is wrong usage" 64 "$(status_of timeout 20 "$clusterdns" -conf "$work/Corefile" --user nobody-has-this)"

# Nothing but the state can be written: tried from inside, by what the filter and the rules are made of.
"$(command -v cc || command -v clang)" -O2 -std=gnu17 -I "$repository/Sources/CLinux/include" -o "$work/confined" \
    "$here/fixtures/confined.c" "$repository/Sources/CLinux/confine.c" "$repository/Sources/CLinux/filter.c"
mkdir -m 777 "$work/open" "$work/allowed"
equal "a confined process can do nothing that it should not" "" "$("$work/confined" "$work/allowed" "$work/open" 2>&1)"

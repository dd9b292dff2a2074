#!/usr/bin/env bash
# The units under the real systemd, booted in namespaces of its own: Scripts/install makes the server the resolver there,
# systemd keeps it confined, starts it again without losing a query, and everything can be undone. Needs root.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"

if [ "$(id -u)" -ne 0 ]; then cannot "the units under systemd: needs root"; fi
if [ ! -x /lib/systemd/systemd ] || ! grep -q overlay /proc/filesystems || [ ! -d /sys/fs/cgroup/systemd ] ||
    [ -d /run/systemd/system ]; then
    cannot "the units under systemd: needs its program, overlayfs, a free cgroup hierarchy, and no systemd that runs already"
fi
group=/sys/fs/cgroup/systemd/clusterdns-$$
# The groups are empty a moment after the last process is gone.
remove_group() {
    find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true
    [ ! -d "$group" ]
}
clean_up() { await 10 remove_group || true; }
mkdir "$work/boot" "$group"
(
    echo "$BASHPID" >"$group/cgroup.procs"
    exec unshare --pid --fork --mount --uts --ipc --net --cgroup --propagation private --kill-child=KILL \
        "$here/fixtures/boot-systemd" "$work/boot" "$repository" "$(dirname "$clusterdns")" "$work"
) >"$work/boot.log" 2>&1 &
started+=($!)
is_booting() { init=$(pgrep -P "${started[0]}"); }
await 10 is_booting || true
inside() { nsenter -t "$init" -a --root --wd "$@"; }
is_booted() { [ "$(inside systemctl is-system-running)" = running ]; }
if ! await 60 is_booted; then
    cat "$work/boot.log"
    inside systemctl --no-pager --failed || true
    cannot "the units under systemd: it does not boot here"
fi
main() { inside systemctl show -P MainPID clusterdns.service; }
property() { inside systemctl show -P "$1" clusterdns.service; }
tree() { inside find /etc /usr/local /var/lib/clusterdns-install -type f -printf '%p %m %s\n' -o -type l -printf '%p %l\n' 2>/dev/null | sort || true; }

cat >"$work/unbound.conf" <<'CONF'
server:
    interface: 127.0.0.2
    do-daemonize: no
    use-syslog: no
    username: ""
    chroot: ""
    pidfile: ""
    local-zone: . redirect
    local-data: ". A 192.0.2.9"
CONF
inside unbound -c "$work/unbound.conf" >"$work/unbound.log" 2>&1 &
started+=($!)
asks() { [ "$(inside dig +short +tries=1 +time=3 "@$1" some.example)" = 192.0.2.9 ]; }
await 10 asks 127.0.0.2 || { fail "unbound answers at 127.0.0.2"; cat "$work/unbound.log"; exit 1; }

before=$(tree)
equal "Scripts/install --resolver succeeds" 0 "$(status_of inside "$repository/Scripts/install" --program "$clusterdns" --resolver)"
if [ -s "$work/err" ]; then
    cat "$work/err"
    inside journalctl --no-pager -n 20
    exit 1
fi
equal "the service runs" "active running" "$(property ActiveState) $(property SubState)"
equal "names are resolved through it" 192.0.2.9 "$(inside getent hosts name.example | awk '{ print $1 }')"
contains "systemd knows what it serves" "127.0.0.1:53" "$(property StatusText)$(inside journalctl -u clusterdns.service -o cat)"

# Fact 90: user, rights, no_new_privs, system call filter; 400 is bit 10, CAP_NET_BIND_SERVICE.
status=$(inside cat "/proc/$(main)/status")
lacks "it is not root" "Uid:	0" "$status"
equal "its rights are NET_BIND_SERVICE, no_new_privs and a filter of system calls" "0000000000000400 0000000000000400 1 2" \
    "$(awk '/^(CapEff|CapBnd|NoNewPrivs|Seccomp):/ { print $2 }' <<<"$status" | xargs)"
equal "nothing it tries is refused" "" "$(inside journalctl -u clusterdns.service -o cat | grep -iE 'not permitted|Failed to' || true)"
equal "systemd finds it exposed by 1.5 of 10 at most" 0 \
    "$(status_of inside systemd-analyze security --no-pager --threshold=15 clusterdns.service)"
tail -n 1 "$work/out"
equal "the socket is systemd's" "active" "$(inside systemctl is-active clusterdns.socket)"

# Queries wait in the socket while the server is started again, and when it has crashed.
build_udpload
echo name.example A >"$work/questions"
load() {
    inside "$udpload" --port 53 --queries "$work/questions" --seconds 5 --warmup 0 --window 16 --sockets 16 >"$work/load" &
    load=$!
    sleep 0.7
}
load
equal "systemctl restart succeeds" 0 "$(status_of inside systemctl restart clusterdns.service)"
wait "$load" || true
cat "$work/load"
contains "and loses no query" "lost=0 refused=0" "$(cat "$work/load")"
equal "systemctl reload succeeds" 0 "$(status_of inside systemctl reload clusterdns.service)"
contains "and the server takes it" "Reloading complete" "$(inside journalctl -u clusterdns.service -o cat)"
crashed=$(main)
inside kill -KILL "$crashed"
is_back() { [ "$(property SubState)" = running ] && [ "$(main)" != "$crashed" ]; }
await 10 is_back || true
equal "after kill -9 systemd starts it again" running "$(property SubState)"
equal "and it answers" 0 "$(status_of asks 127.0.0.1)"

equal "Scripts/install --uninstall succeeds" 0 "$(status_of inside "$repository/Scripts/install" --uninstall)"
equal "and leaves nothing behind" "$before" "$(tree)"
equal "not even the state" "" "$(inside find /var/lib/clusterdns /var/lib/private/clusterdns 2>/dev/null || true)"
equal "names are resolved as before" 0 "$(status_of asks 127.0.0.2)"
equal "no unit has failed" "" "$(inside systemctl --failed --no-legend --plain)"
# The end of its first process is the end of all in there.
kill -KILL "$init"

#!/usr/bin/env bash
# Scripts/install: below a staging root, and on a pretended machine of its own mounts and network, where a stub stands in
# for systemctl. What is undone is undone to the last octet, and at no moment is the machine without DNS. Needs root.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"

if [ "$(id -u)" -ne 0 ]; then cannot "the installation on a machine of its own: needs root"; fi
if [ -z "${MACHINE-}" ]; then
    if ! unshare --mount --net true 2>"$work/err"; then
        cannot "the installation on a machine of its own: not allowed here: $(head -n 1 "$work/err")"
    fi
    mkdir "$work/machine"
    MACHINE=$work/machine unshare --mount --net --propagation private bash "$0" || failures=1
    exit
fi
installer=$repository/Scripts/install
# Without the symbols for a debugger, since it is copied many times.
program=$work/clusterdns
strip -o "$program" "$clusterdns" 2>/dev/null || cp "$clusterdns" "$program"
install_it() { "$installer" --program "$program" "$@"; }

# tree DIRECTORY...: everything there, with type, mode, owner, size, time and target; of directories no time.
tree() { find "$@" \( -type d -printf '%p %y %m %u\n' \) -o -printf '%p %y %m %u %s %T@ %l\n' | sort; }

equal "an unknown argument is refused" 2 "$(status_of "$installer" --nope)"
equal "node mode needs addresses" 2 "$(status_of "$installer" --node)"
contains "and says which" "--node needs --localip" "$(cat "$work/err")"
equal "what is no address is refused" 2 "$(status_of "$installer" --resolver --upstream 'x|y')"

# Below a staging root.
root=$work/root
mkdir -p "$root/etc/systemd/system"
echo 'nameserver 192.0.2.1' >"$root/etc/resolv.conf"
tree "$root" >"$work/before"
equal "a dry run succeeds" 0 "$(status_of install_it --root "$root" --resolver --dry-run)"
contains "it shows the steps" "write /etc/systemd/system/clusterdns.service" "$(cat "$work/out")"
equal "and changes nothing" "$(cat "$work/before")" "$(tree "$root")"

equal "the installation succeeds" 0 "$(status_of install_it --root "$root" --prefix /opt/dns)"
equal "the program is at the prefix, and the unit runs it" "/opt/dns/bin/clusterdns" \
    "$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$root/etc/systemd/system/clusterdns.service")"
equal "with what was given" 0 "$(status_of cmp "$root/opt/dns/bin/clusterdns" "$program")"
equal "both units are enabled" "clusterdns.service clusterdns.socket" \
    "$(find "$root/etc/systemd/system" -type l -name 'clusterdns.*' -printf '%f\n' | sort | xargs)"
equal "resolv.conf is left alone without --resolver" 'nameserver 192.0.2.1' "$(cat "$root/etc/resolv.conf")"
contains "and is where the Corefile has its upstreams from" "forward . /etc/resolv.conf {" "$(cat "$root/etc/clusterdns/Corefile")"
if command -v systemd-analyze >/dev/null; then
    analysed() { systemd-analyze security --root="$root" --offline=true --no-pager --threshold="$1" "$2"; }
    equal "systemd finds the service exposed by 1.5 of 10 at most" 0 "$(status_of analysed 15 clusterdns.service)"
    tail -n 1 "$work/out"
    equal "and understands both units" "" "$(systemd-analyze verify --recursive-errors=no --root="$root" \
        clusterdns.service clusterdns.socket 2>&1 | grep clusterdns | grep -v 'is not executable' || true)"
else
    skip "what systemd says of the units: systemd-analyze is not here"
fi
equal "a second installation changes nothing" 0 "$(status_of install_it --root "$root" --prefix /opt/dns)"
contains "and says so" "/etc/systemd/system/clusterdns.service is there already" "$(cat "$work/out")"
echo '# edited' >>"$root/etc/clusterdns/Corefile"
equal "nor does it touch a Corefile that was edited" 0 "$(status_of install_it --root "$root" --prefix /opt/dns)"
contains "which it says" "keep /etc/clusterdns/Corefile" "$(cat "$work/out")"
equal "uninstalling succeeds" 0 "$(status_of "$installer" --root "$root" --uninstall)"
contains "and leaves the edited Corefile" "# edited" "$(cat "$root/etc/clusterdns/Corefile")"
rm -r "$root/etc/clusterdns"
equal "and nothing else" "$(cat "$work/before")" "$(tree "$root")"
equal "uninstalling twice is refused" 1 "$(status_of "$installer" --root "$root" --uninstall)"

equal "node mode is installed" 0 \
    "$(status_of install_it --root "$root" --node --localip 169.254.20.10,10.96.0.10 --cluster-dns 10.96.0.11)"
contains "with the addresses" "clusterdns node -localip 169.254.20.10,10.96.0.10 -conf /etc/clusterdns/Corefile" \
    "$(cat "$root/etc/systemd/system/clusterdns.service.d/node.conf")"
equal "without a socket" "" "$(find "$root" -name clusterdns.socket)"
equal "where the cluster's DNS is" "KUBE_DNS_UPSTREAM_SERVICE_HOST=10.96.0.11" "$(cat "$root/etc/clusterdns/environment")"
"$installer" --root "$root" --uninstall >"$work/out"
equal "and uninstalled" "$(cat "$work/before")" "$(tree "$root")"

# The machine: directories of its own, upstreams at 127.0.0.2.
ip link set lo up
for directory in /etc /usr/local /var/lib /run; do
    cp -a "$directory" "$work/copy"
    mount -t tmpfs -o mode=755 machine "$directory"
    cp -a "$work/copy/." "$directory"
    rm -rf "$work/copy"
done
umount /etc/resolv.conf 2>/dev/null || true
mkdir -p /run/systemd/system "$work/bin"
cp "$here/fixtures/systemctl" "$work/bin/"
export PATH=$work/bin:$PATH
cat >"$work/unbound.conf" <<'CONF'
server:
    interface: 127.0.0.2
    do-daemonize: no
    use-syslog: no
    username: ""
    chroot: ""
    pidfile: ""
    do-not-query-localhost: no
    local-zone: . redirect
    local-data: ". A 192.0.2.9"
CONF
start_upstream() {
    unbound -c "$work/unbound.conf" >"$work/unbound.log" 2>&1 &
    upstream=$!
    started+=("$upstream")
    await 10 asks 127.0.0.2 || { fail "unbound answers at 127.0.0.2"; cat "$work/unbound.log"; exit 1; }
}
asks() { [ "$(dig +short +tries=1 +time=2 "@$1" some.example)" = 192.0.2.9 ]; }
start_upstream
rm -f /etc/resolv.conf
printf 'nameserver 127.0.0.2\nsearch a.example b.example\noptions ndots:2\n' >/etc/resolv.conf
chmod 640 /etc/resolv.conf
touch -d '2020-01-02 03:04:05' /etc/resolv.conf
machine() { tree /etc /usr/local /var/lib; }
machine >"$work/before"
resolves() { [ "$(dig +short +tries=1 +time=3 "@$(awk '$1 == "nameserver" { print $2; exit }' /etc/resolv.conf)" some.example)" = 192.0.2.9 ]; }

# watch_resolver: asks the way resolv.conf says, without a pause, until unwatch; failures are counted.
watch_resolver() {
    rm -f "$work/end"
    : >"$work/watched"
    while [ ! -e "$work/end" ]; do if resolves; then echo ok; else echo failed; fi >>"$work/watched"; done &
    watcher=$!
}
unwatch() {
    touch "$work/end"
    wait "$watcher" || true
    equal "$1" "" "$(grep failed "$work/watched" || [ -s "$work/watched" ] || echo nothing was asked)"
}

watch_resolver
equal "the resolver is installed" 0 "$(status_of install_it --resolver)"
cat "$work/out" "$work/err" >"$work/said"
if grep -q 'does not start' "$work/err"; then cat "$MACHINE/log"; fi
equal "the units are enabled and run" "active.clusterdns.service active.clusterdns.socket enabled.clusterdns.service enabled.clusterdns.socket" \
    "$(find "$MACHINE" -name '*.clusterdns.*' -printf '%f\n' | sort | xargs)"
equal "the machine asks it" "nameserver 127.0.0.1
search a.example b.example
options ndots:2" "$(grep -v '^#' /etc/resolv.conf)"
equal "and it asks whom the machine asked" "nameserver 127.0.0.2" "$(grep -v '^#' /etc/clusterdns/upstreams.conf)"
equal "names are resolved through it" 192.0.2.9 "$(getent hosts other.example | awk '{ print $1 }')"
contains "the order: an answer first, the switch last" "ask 127.0.0.1 for the name servers of the root zone
write /etc/resolv.conf" "$(cat "$work/said")"
unwatch "meanwhile the machine was never without DNS"
# Of itself the stub has no sockets that outlive a service.
equal "a second installation succeeds" 0 "$(status_of install_it --resolver)"
watch_resolver
equal "it is uninstalled" 0 "$(status_of "$installer" --uninstall)"
contains "the order: back first, stopped later" "put back /etc/resolv.conf as it was
stop clusterdns.service" "$(grep -v 'systemd' "$work/out")"
unwatch "nor was it then"
equal "and everything is as it was" "$(cat "$work/before")" "$(machine)"
equal "nothing runs any more" "" "$(find "$MACHINE" -name '*.clusterdns.*')"

# A link, as NetworkManager and resolvconf leave one.
mkdir /run/elsewhere
mv /etc/resolv.conf /run/elsewhere/resolv.conf
ln -s ../run/elsewhere/resolv.conf /etc/resolv.conf
machine >"$work/before"
install_it --resolver >"$work/out"
equal "a link gives way to a file" 0 "$(status_of test -f /etc/resolv.conf -a ! -L /etc/resolv.conf)"
"$installer" --uninstall >"$work/out"
equal "and is a link again" "../run/elsewhere/resolv.conf" "$(readlink /etc/resolv.conf)"
equal "with all as it was" "$(cat "$work/before")" "$(machine)"

# What fails is undone.
kill "$upstream"
wait "$upstream" 2>/dev/null || true
equal "without an answer nothing is switched" 1 "$(status_of install_it --resolver)"
contains "which is said" "the server does not answer through 127.0.0.2; nothing was switched to it" "$(cat "$work/err")"
equal "and all is as it was" "$(cat "$work/before")" "$(machine)"
start_upstream
echo "start clusterdns.service" >"$MACHINE/fail"
equal "a service that does not start is undone" 1 "$(status_of install_it --resolver)"
equal "and all is as it was" "$(cat "$work/before")" "$(machine)"
rm "$MACHINE/fail"
touch "$MACHINE/pause"
(exec "$installer" --program "$program" --resolver) >"$work/cut" 2>&1 &
cut=$!
await 10 grep -q 'start clusterdns.socket' "$work/cut" || true
equal "two runs at once are refused" 1 "$(status_of install_it --resolver)"
contains "which is said" "another installation is under way here" "$(cat "$work/err")"
kill -KILL "$cut"
wait "$cut" 2>/dev/null || true
sleep 0.5
rm "$MACHINE/pause"
equal "a run that was cut off can be made again" 0 "$(status_of install_it --resolver)"
contains "which undoes the first" "an earlier run was cut off" "$(cat "$work/out")"
"$installer" --uninstall >"$work/out"
equal "and all is as it was" "$(cat "$work/before")" "$(machine)"
printf 'nameserver 127.0.0.1\n' >/run/elsewhere/resolv.conf
equal "a machine that asks only itself has no upstreams" 1 "$(status_of install_it --resolver)"
contains "which is said" "no upstream is known" "$(cat "$work/err")"
equal "unless one is given" 0 "$(status_of install_it --resolver --upstream 127.0.0.2)"
"$installer" --uninstall >"$work/out"

# systemd-resolved: a stub at 127.0.0.53, which asks 127.0.0.2, or what its drop-in says.
rm /etc/resolv.conf
mkdir -p /run/systemd/resolve
echo 'nameserver 127.0.0.2' >/run/systemd/resolve/resolv.conf
echo 'nameserver 127.0.0.53' >/run/systemd/resolve/stub-resolv.conf
ln -s /run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
cat >"$MACHINE/resolved" <<'RESOLVED'
#!/usr/bin/env bash
# systemd-resolved reads its configuration: a forwarder at 127.0.0.53.
server=$(sed -n 's/^DNS=\(.\)/\1/p' /etc/systemd/resolved.conf.d/*.conf 2>/dev/null | tail -n 1)
[ ! -e "$MACHINE/broken" ] || [ -z "$server" ] || server=127.0.0.9
server=${server:-127.0.0.2}
if [ -e "$MACHINE/resolved.pid" ]; then
    kill "$(cat "$MACHINE/resolved.pid")" 2>/dev/null
    while kill -0 "$(cat "$MACHINE/resolved.pid")" 2>/dev/null; do sleep 0.02; done
fi
sed "s/127.0.0.2/127.0.0.53/; /local-/d" "$(dirname "$MACHINE")/unbound.conf" >"$MACHINE/resolved.conf"
printf 'forward-zone:\n    name: .\n    forward-addr: %s\n' "$server" >>"$MACHINE/resolved.conf"
setsid unbound -c "$MACHINE/resolved.conf" </dev/null >"$MACHINE/resolved.log" 2>&1 &
echo $! >"$MACHINE/resolved.pid"
RESOLVED
sed -i "s|\$(dirname \"\$MACHINE\")|$work|" "$MACHINE/resolved"
chmod +x "$MACHINE/resolved"
"$MACHINE/resolved"
await 10 asks 127.0.0.53 || { fail "the pretended systemd-resolved answers"; cat "$MACHINE/resolved.log"; exit 1; }
machine >"$work/before"
equal "with systemd-resolved the resolver is installed" 0 "$(status_of install_it --resolver)"
cat "$work/err"
equal "by a drop-in" "[Resolve]
DNS=
DNS=127.0.0.1
Domains=~.
DNSOverTLS=no" "$(grep -v '^#' /etc/systemd/resolved.conf.d/clusterdns.conf)"
equal "and resolv.conf stays its own" /run/systemd/resolve/stub-resolv.conf "$(readlink /etc/resolv.conf)"
contains "its upstreams are followed" "forward . /run/systemd/resolve/resolv.conf /etc/clusterdns/upstreams.conf {" \
    "$(cat /etc/clusterdns/Corefile)"
equal "names are resolved" 192.0.2.9 "$(dig +short +tries=1 +time=3 @127.0.0.53 third.example)"
asked=$(curl -s http://127.0.0.1:9153/metrics | awk '/^coredns_dns_requests_total/ { sum += $2 } END { print (sum > 0) }')
equal "through it" 1 "$asked"
"$installer" --uninstall >"$work/out"
equal "uninstalled, all is as it was" "$(cat "$work/before")" "$(machine)"
back() { asks 127.0.0.53; }
await 5 back || true
equal "and names are resolved as before" 192.0.2.9 "$(dig +short +tries=1 +time=3 @127.0.0.53 fourth.example)"
touch "$MACHINE/broken"
equal "a switch that does not work is undone" 1 "$(status_of install_it --resolver)"
contains "which is said" "nothing answers at 127.0.0.53 after the switch, so it is undone" "$(cat "$work/err")"
equal "and all is as it was" "$(cat "$work/before")" "$(machine)"
kill "$(cat "$MACHINE/resolved.pid")" 2>/dev/null || true

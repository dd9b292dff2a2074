#!/usr/bin/env bash
# Signed answers as delv, drill and unbound see them: every kind of answer, two algorithms, a key that is replaced, keys that
# cannot be used, and zones that are signed as a whole.
# shellcheck source=Tests/Scenarios/lib.sh
. "$(dirname "$0")/lib.sh"
copy_registry
# shellcheck disable=SC2119
write_corefile
free_port; resolver_port=$found
cd "$work"

# key ALGORITHM [FLAG]: sets `made`, the name of a new key pair of cluster.local.
key() { made=$(ldns-keygen -a "$1" ${2:+"$2"} cluster.local 2>/dev/null); }
key ECDSAP256SHA256 -k; first=$made
key ED25519 -k; second=$made
key ECDSAP256SHA256 -k; third=$made

# sign_with KEY...: the Corefile's dnssec directive.
sign_with() {
    sed -i -e '/^    dnssec/,/^    }/d' Corefile
    sed -i -e "s|^    errors|    dnssec cluster.local {\n        key file $*\n    }\n    errors|" Corefile
}
# trust KEY: the one key that delv and unbound start from.
trust() {
    awk '!/^;/ { key = ""; for (i = 7; i <= NF && $i !~ /^;/; i++) key = key $i
        printf "trust-anchors { cluster.local. static-key %s %s %s \"%s\"; };\n", $4, $5, $6, key }' "$1.key" >anchors
    grep -v '^;' "$1.key" >anchor.key
}
# validated NAME TYPE: what delv says of the answer.
validated() {
    delv -a anchors +root=cluster.local -p "$port" @127.0.0.1 "$@" 2>&1 |
        awk '/^; (fully|negative|unsigned)|resolution failed/ && !n++ { sub(/^;+ */, ""); print }'
}
sed -i -e 's/ pods insecure/ pods insecure\n        fallthrough/' -e 's/^    loadbalance/    loadbalance\n    reload 1s/' Corefile
sign_with "$first"
start_server
trust "$first"

name=my-nginx.default.svc.cluster.local
for question in "$name A" "_https._tcp.kubernetes.default.svc.cluster.local SRV" "web.examples.svc.cluster.local A" \
    "10-1-2-3.default.pod.cluster.local A" "cluster.local SOA" "cluster.local NS" "cluster.local DNSKEY" \
    "dns-version.cluster.local TXT" "$name NSEC"; do
    # shellcheck disable=SC2086
    equal "delv: $question" "fully validated" "$(validated $question)"
done
for question in "$name MX" "none.default.svc.cluster.local A" "default.svc.cluster.local A"; do
    # shellcheck disable=SC2086
    equal "delv: $question is not there" "resolution failed: ncache nxrrset" "$(validated $question)"
done
contains "drill finds the way from the key to the answer" "Chase successful" \
    "$(drill -D -k anchor.key -S -p "$port" @127.0.0.1 $name A 2>&1)"

cat >unbound.conf <<CONF
server:
    interface: 127.0.0.1@$resolver_port
    port: $resolver_port
    username: ""
    chroot: ""
    directory: "$work"
    pidfile: "$work/unbound.pid"
    use-syslog: no
    do-not-query-localhost: no
    module-config: "validator iterator"
    trust-anchor-file: "$work/anchor.key"
    aggressive-nsec: yes
    local-zone: "local." nodefault
forward-zone:
    name: "."
    forward-addr: 127.0.0.1@$port
CONF
unbound -d -c unbound.conf >unbound.log 2>&1 &
started+=("$!")
await 10 tcp_open "$resolver_port" || fail "unbound starts"
# flags NAME TYPE: the RCODE and whether unbound vouches for it.
flags() {
    dig +dnssec +tries=1 +time=3 -p "$resolver_port" @127.0.0.1 "$@" |
        awk '/status:/ { sub(/,/, "", $6); word = $6 } /^;; flags:/ { print word (/ ad[ ;]/ ? " ad" : "") }'
}
for question in "$name A" "$name AAAA" "_https._tcp.kubernetes.default.svc.cluster.local SRV" "none.default.svc.cluster.local A" \
    "web.examples.svc.cluster.local A" "cluster.local SOA" "default.svc.cluster.local A" "$name A"; do
    # shellcheck disable=SC2086
    equal "unbound: $question" "NOERROR ad" "$(flags $question)"
done

keys_are() { [ "$(ask cluster.local DNSKEY | wc -l)" = "$1" ]; }
# A new key: first both sign, then the new one alone.
sign_with "$first" "$second" "$third"
await 10 keys_are 3 || fail "a reload brings the new keys"
for old in "$first" "$second" "$third"; do
    trust "$old"
    equal "with three keys $old alone is trust enough" "fully validated" "$(validated $name A)"
done
sign_with "$third"
await 10 keys_are 1 || fail "a reload takes the old keys away"
trust "$third"
equal "the new key signs" "fully validated" "$(validated $name A)"
trust "$first"
lacks "the old one does not" "fully validated" "$(validated $name A)"

# Keys that cannot be used leave the good ones in place.
chmod 644 "$first.private"
equal "a key that others may read is refused" 1 "$(status_of "$clusterdns" zone --ds --key "$first")"
contains "with the remedy" "chmod 600 $first.private" "$(cat err)"
chmod 600 "$first.private"
cp "$first.private" "$second.private"
equal "and a pair that is none" 1 "$(status_of "$clusterdns" zone --ds --key "$second")"
contains "with the file" "$second.private holds another key" "$(cat err)"

# What the parent needs, and a zone signed as a whole.
ldns-key2ds -n -2 "$first.key" >ds
contains "zone --ds prints the DS record" "$(awk '{ print $NF }' ds)" "$("$clusterdns" zone --ds --key "$first")"
contains "of the Corefile's keys" " IN DS " "$("$clusterdns" zone --ds --conf Corefile)"
"$clusterdns" zone --sign --key "$first" --conf Corefile >signed 2>err || fail "zone --sign: $(cat err)"
equal "ldns-verify-zone takes what zone --sign writes" 0 "$(status_of ldns-verify-zone -k "$first.key" signed)"
printf '@ 3600 IN SOA ns hostmaster 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.1\n*.w 60 IN A 192.0.2.2\n' >db
"$clusterdns" zone --sign --key "$first" --file db cluster.local >signed 2>err || fail "zone --sign --file: $(cat err)"
equal "and a master file signed" 0 "$(status_of ldns-verify-zone -k "$first.key" signed)"

#!/usr/bin/env bash
# Signed answers as delv, drill and unbound see them: every kind of answer, two algorithms, a key that is replaced, keys that
# cannot be used, zones that are signed as a whole, and each kind of zone, signed here or elsewhere, with its zone cuts.
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
stop_server

# Zones with wildcards and zone cuts: signed elsewhere with NSEC, NSEC3 and opt-out, and signed here; each with two children.
mkdir "$work/cuts" && cd "$work/cuts"
# zone_key ZONE: sets `made`, and trusts it.
zone_key() {
    made=$(ldns-keygen -a ECDSAP256SHA256 -k "$1" 2>/dev/null)
    grep -v '^;' "$made.key" >>"$work/anchors.key"
    awk '{ key = ""; for (i = 7; i <= NF && $i !~ /^;/; i++) key = key $i
        printf "trust-anchors { %s static-key %s %s %s \"%s\"; };\n", $1, $4, $5, $6, key }' "$made.key" >"anchors.$1"
}
# zone_block ZONE FILE [KEY]: a server block.
zone_block() {
    printf '%s:%d {\n    bind 127.0.0.1\n' "$1" "$port" >>"$work/Corefile"
    [ -z "${3-}" ] || printf '    dnssec {\n        key file %s\n    }\n' "$work/cuts/$3" >>"$work/Corefile"
    printf '    file %s\n}\n' "$work/cuts/$2" >>"$work/Corefile"
}
: >"$work/Corefile"
: >"$work/anchors.key"
printf '@ 60 SOA ns host 1 2 3 4 5\n@ 60 NS ns\nns 60 A 127.0.0.1\nwww 60 A 192.0.2.9\n' >child
zones="nsec.test nsec3.test optout.test online.test"
for zone in $zones; do
    child=$(ldns-keygen -a ECDSAP256SHA256 -k "secure.$zone" 2>/dev/null)
    zone_block "secure.$zone" child "$child"
    zone_block "insecure.$zone" child
    zone_key "$zone"
    { cat - && ldns-key2ds -n -2 "$child.key"; } >"db.$zone" <<ZONE
\$ORIGIN $zone.
\$TTL 60
@ SOA ns host 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
www A 192.0.2.1
*.w A 192.0.2.2
*.w TXT "wild"
*.wa CNAME www
*.wb CNAME x.wa
*.wn CNAME none
a.ent A 192.0.2.3
alias CNAME www
secure NS ns.secure
ns.secure A 127.0.0.1
insecure NS ns.insecure
ns.insecure A 127.0.0.1
cut.bare NS ns
ZONE
    case $zone in
        nsec.*) ldns-signzone -o "$zone" -f signed "db.$zone" "$made" && mv signed "db.$zone" ;;
        nsec3.*) ldns-signzone -n -s aabb -t 0 -o "$zone" -f signed "db.$zone" "$made" && mv signed "db.$zone" ;;
        optout.*)
            cat "$made.key" >>"db.$zone"
            dnssec-signzone -q -z -P -3 - -A -o "$zone" -f signed "db.$zone" "$made" >/dev/null && mv signed "db.$zone"
            ;;
    esac
    case $zone in online.*) zone_block "$zone" "db.$zone" "$made" ;; *) zone_block "$zone" "db.$zone" ;; esac
done
# A zone of its own below that of the cluster, which has no DS record for it.
zone_block insecure.cluster.local child
cp "$here/fixtures/imports.yaml" "$work/services/imports.yaml"
cluster_keys=
for zone in cluster.local clusterset.local example.org in-addr.arpa; do
    zone_key "$zone"
    cluster_keys+=" $work/cuts/$made"
done
cat >>"$work/Corefile" <<COREFILE
.:$port {
    bind 127.0.0.1
    dnssec {
        key file$cluster_keys
    }
    kubernetes cluster.local clusterset.local in-addr.arpa {
        manifests $work/services
        multicluster clusterset.local
    }
    k8s_external example.org
}
COREFILE
chmod a+rx . && chmod a+r db.* child
chown -R 65532 "$work/cuts" 2>/dev/null || true
start_server
free_port; resolver_port=$found
sed -e "s/^    interface: .*/    interface: 127.0.0.1@$resolver_port/" -e "s/^    port: .*/    port: $resolver_port/" \
    -e 's/anchor\.key/anchors.key/' -e 's/unbound\.pid/second.pid/' -e '/aggressive-nsec/d' \
    -e 's/^    local-zone.*/&\n    local-zone: "test." nodefault\n    local-zone: "10.in-addr.arpa." nodefault/' \
    "$work/unbound.conf" >"$work/second.conf"
unbound -d -c "$work/second.conf" >"$work/second.log" 2>&1 &
started+=("$!")
await 10 tcp_open "$resolver_port" || fail "unbound starts again"

# verdicts ZONE FUNCTION QUESTION...: a line for each.
verdicts() {
    local zone=$1 judge=$2 question
    shift 2
    for question in "$@"; do
        # shellcheck disable=SC2086
        echo "$question: $("$judge" $zone ${question% *}.$zone ${question#* })"
    done
}
by_delv() {
    delv -a "anchors.$1" "+root=$1" -p "$port" @127.0.0.1 "$2" "$3" 2>&1 |
        awk '/^; (fully|negative|unsigned)|resolution failed/ && !n++ { sub(/^;+ *(resolution failed: )?/, ""); print }'
}
by_unbound() { shift && flags "$@"; }
questions=("www A" "alias A" "x.w A" "x.w MX" "x.wa A" "x.wb A" "x.wa MX" "x.wn A" "www MX" "ent A" "none A" "insecure DS" "secure DS")
for zone in $zones; do
    # Opt-out proves nothing of a name that may be an insecure zone cut (RFC 5155 §9.2).
    missing=NXDOMAIN proven=" ad" denied=nxdomain
    case $zone in
        online.*) missing=NOERROR denied=nxrrset ;;
        optout.*) proven= ;;
    esac
    if [ "$zone" != optout.test ]; then
        equal "delv: $zone" "www A: fully validated
alias A: fully validated
x.w A: fully validated
x.w MX: ncache nxrrset
x.wa A: fully validated
x.wb A: fully validated
x.wa MX: ncache nxrrset
x.wn A: ncache $denied
www MX: ncache nxrrset
ent A: ncache nxrrset
none A: ncache $denied
insecure DS: ncache nxrrset
secure DS: fully validated" "$(verdicts "$zone" by_delv "${questions[@]}")"
    fi
    equal "unbound: $zone" "www A: NOERROR ad
alias A: NOERROR ad
x.w A: NOERROR$proven
x.w MX: NOERROR$proven
x.wa A: NOERROR$proven
x.wb A: NOERROR$proven
x.wa MX: NOERROR$proven
x.wn A: $missing$proven
www MX: NOERROR ad
ent A: NOERROR ad
none A: $missing$proven
insecure DS: NOERROR$proven
secure DS: NOERROR ad" "$(verdicts "$zone" by_unbound "${questions[@]}")"
    equal "unbound: below the zone cuts of $zone" "www.secure A: NOERROR ad
none.secure A: NOERROR ad
www.insecure A: NOERROR
none.insecure A: NXDOMAIN
none.bare A: $missing$proven" "$(verdicts "$zone" by_unbound "www.secure A" "none.secure A" "www.insecure A" \
        "none.insecure A" "none.bare A")"
done

equal "unbound: a zone below that of the cluster" "www.insecure A: NOERROR
none.insecure A: NXDOMAIN
insecure DS: NOERROR ad" "$(verdicts cluster.local by_unbound "www.insecure A" "none.insecure A" "insecure DS")"

# Zones of the registry that are signed here.
for tool in by_delv by_unbound; do
    if [ "$tool" = by_delv ]; then found="fully validated" absent="ncache nxrrset"; else found="NOERROR ad" absent=$found; fi
    equal "$tool: k8s_external" "shop.examples A: $found
shop.examples MX: $absent
examples A: $absent
none.examples A: $absent
dns NS: $absent" "$(verdicts example.org "$tool" "shop.examples A" "shop.examples MX" "examples A" "none.examples A" "dns NS")"
    equal "$tool: multicluster" "web.shop.svc A: $found
_http._tcp.web.shop.svc SRV: $found
dns-version TXT: $found
web.shop.svc AAAA: $absent
none.shop.svc A: $absent" "$(verdicts clusterset.local "$tool" "web.shop.svc A" "_http._tcp.web.shop.svc SRV" "dns-version TXT" \
        "web.shop.svc AAAA" "none.shop.svc A")"
    equal "$tool: reverse names" "149.162.0.10 PTR: $found
149.162.0.10 TXT: $absent
162.0.10 PTR: $absent
1.255.0.10 PTR: $absent" "$(verdicts in-addr.arpa "$tool" "149.162.0.10 PTR" "149.162.0.10 TXT" "162.0.10 PTR" "1.255.0.10 PTR")"
done

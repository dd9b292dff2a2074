#!/usr/bin/env bash
# What others wrote to judge name servers: dnsviz, zonemaster and, where GENREPORT names it, ISC's genreport, each of them
# pointed at the zones of the example registry on port 53 of a network of its own.
# shellcheck source=Tests/Scenarios/lib-network.sh
. "$(dirname "$0")/lib-network.sh"
address=192.0.2.53
server_name=ns.dns.cluster.local
ip address add "$address/32" dev lo
# dnsviz asks no server where the machine has no way out.
ip route add default dev lo
copy_registry
serve 53 <<COREFILE
. {
    bind 127.0.0.1 $address
    errors
    kubernetes cluster.local in-addr.arpa {
        manifests services
        service_cidr 10.0.0.0/16 fd00:10::/108
        pods insecure
        ttl 5
    }
}
COREFILE

# A cookie that a client of another make understands, over both transports.
cookie_of() { dig +tries=1 +time=2 "@$address" +cookie=2464c4abcf10c957 "$@" | sed -n 's/^; COOKIE: //p'; }
for transport in +notcp +tcp; do
    contains "dig finds its cookie good, $transport" "(good)" "$(cookie_of "$transport" SOA cluster.local)"
done
equal "a server cookie that is not ours: answered all the same" NOERROR \
    "$(port=53 status_word +cookie=2464c4abcf10c957010000005cf79f111f8130c3eee29480 SOA cluster.local)"
equal "a cookie of nine octets" FORMERR "$(port=53 status_word +nobadcookie +cookie=2464c4abcf10c95701 SOA cluster.local)"

if command -v dnsviz >/dev/null; then
    for zone in cluster.local in-addr.arpa; do
        timeout 60 dnsviz probe -4 -A -x "$zone+:$server_name=$address" "$zone" >"$work/probe" 2>"$work/err" || true
        contains "dnsviz had answers of $zone" SOA "$(dnsviz print -r "$work/probe" 2>&1 || true)"
        # It prints what is worth a warning, and nothing else.
        equal "dnsviz: no error and no warning in $zone" "" "$(dnsviz grok -l warning -r "$work/probe" 2>&1 || true)"
    done
    contains "dnsviz was given client and server cookie" CLIENT_AND_SERVER_COOKIE "$(dnsviz grok -r "$work/probe" 2>&1 || true)"
else
    skip "dnsviz: not installed (Debian: dnsviz)"
fi

if command -v zonemaster-cli >/dev/null; then
    printf '. 60 NS %s.\n%s. 60 A %s\n' "$server_name" "$server_name" "$address" >"$work/hints"
    timeout 60 zonemaster-cli --no-ipv6 --no-progress --raw --show-testcase --level ERROR --hints "$work/hints" \
        --ns "$server_name/$address" cluster.local >"$work/zonemaster" 2>&1 || true
    contains "zonemaster has looked" ADDRESS01 "$(cat "$work/zonemaster")"
    # One server name, at one address, of a range for documents: that is this scenario's, and a cluster's own affair.
    equal "zonemaster: no ERROR but about addresses and how many there are" "" \
        "$(grep -E ' (ERROR|CRITICAL) ' "$work/zonemaster" | grep -vE ' ADDRESS0[1-3] | NOT_ENOUGH_(IPV4_)?NS_' || true)"
else
    skip "zonemaster: not installed (Debian: zonemaster-cli)"
fi

if [ -x "${GENREPORT-}" ]; then
    verdict=$(echo "cluster.local $server_name $address" | timeout 60 "$GENREPORT" -f -c | sed 's/^[^:]*: //' | tr ' ' '\n')
    contains "genreport has asked over TCP" tcp= "$verdict"
    # "ok,cookie" says that a cookie came too.
    equal "genreport: all ok" "" "$(grep -vE '=ok(,cookie)?$' <<<"$verdict" || true)"
else
    skip "genreport: GENREPORT names none (it is built from ISC's DNS-Compliance-Testing)"
fi

# Sourced by `install`: asks a name server one question, with nothing but bash.
# shellcheck shell=bash

# answers ADDRESS: whether the server there knows the name servers of the root zone, or at least answers well (RCODE
# NOERROR or NXDOMAIN), within two seconds over UDP.
answers() {
    local header
    # ID 0x0035, RD, one question: ". NS IN".
    header=$(timeout 2 bash -c '
        exec 3<>"/dev/udp/$1/53" || exit 1
        printf "\x00\x35\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01" >&3
        dd bs=4096 count=1 <&3 2>/dev/null | od -An -v -tx1 -N4 | tr -d " \n"' _ "$1" 2>/dev/null) || return 1
    [[ $header =~ ^0035[89abcdef].[0-9a-f][03]$ ]]
}

# answers_soon ADDRESS SECONDS: the same, asked again until then.
answers_soon() {
    local end=$((SECONDS + $2))
    until answers "$1"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.2
    done
}

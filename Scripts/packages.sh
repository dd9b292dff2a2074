# Sourced by the other scripts: installs the Debian packages they need, and only those that are missing.
# shellcheck shell=bash

# Puts `sudo` before a command unless we are root already.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# require_packages PACKAGE...: returns once all of them are installed, or ends the script with one sentence.
require_packages() {
    local package missing=()
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "${0##*/}: needs ${missing[*]} (Debian's names); there is no apt-get here, so install their like by hand." >&2
        exit 1
    fi
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        echo "${0##*/}: needs ${missing[*]}; install them as root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    echo "Installing ${missing[*]}"
    if ! install_without_starting "${missing[@]}"; then
        echo "${0##*/}: could not install ${missing[*]}; the lines above say why. Install them and run this again." >&2
        exit 1
    fi
}

# require_command COMMAND PACKAGE: installs the package only where no package of another name brought the command.
require_command() {
    command -v "$1" >/dev/null || require_packages "$2"
}

# Installs packages, and keeps a daemon among them from being started now (policy-rc.d) or at the next boot.
install_without_starting() {
    local policy=/usr/sbin/policy-rc.d ours=no status=0 package
    if [ ! -e "$policy" ]; then
        ours=yes
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    # An update that fails (no network) may still leave lists good enough to install from.
    as_root apt-get -qq update || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" \
        </dev/null >/dev/null || status=$?
    [ "$ours" = no ] || as_root rm -f "$policy"
    for package in "$@"; do
        case $package in
            nginx-light) as_root systemctl --quiet disable nginx 2>/dev/null || true ;;
            bind9) as_root systemctl --quiet disable named 2>/dev/null || true ;;
            pdns-server) as_root systemctl --quiet disable pdns 2>/dev/null || true ;;
            knot | nsd | unbound | pdns-recursor) as_root systemctl --quiet disable "$package" 2>/dev/null || true ;;
        esac
    done
    return "$status"
}

# What building the program needs, beside the Swift toolchain.
require_build_packages() {
    if ! command -v swift >/dev/null; then
        echo "${0##*/}: needs Swift 6.3 or later on the PATH: https://www.swift.org/install/linux/" >&2
        exit 1
    fi
    require_packages libldns-dev libsystemd-dev libsqlite3-dev pkg-config
}

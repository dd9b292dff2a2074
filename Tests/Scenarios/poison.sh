#!/usr/bin/env bash
# The short form of the attacks on the resolver's cache.
exec bash "$(dirname "$0")/../../Scripts/chaos.d/poison.sh" --quick

#!/usr/bin/env bash
# What a forged query over UDP is worth to whom it is forged for.
exec bash "$(dirname "$0")/../../Scripts/chaos.d/amplification.sh"

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The README's picture: tests/picture/make.sh [NAYSAY [OUT.png]]. Wants chromium.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."

naysay="$(readlink -f "${1:-build/release/naysay}")"
out="$(readlink -m "${2:-data/report.png}")"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

# It fails, and is meant to.
"$naysay" run tests/picture/shop.yaml --seed 1 -q --html "$folder/report.html" \
    -- python3 tests/picture/shop.py '{url}' 2>/dev/null || [[ $? -eq 1 ]]
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars \
    --user-data-dir="$folder/profile" --window-size=1200,1545 \
    --screenshot="$folder/report.png" "file://$folder/report.html" 2>/dev/null
python3 tests/picture/smaller.py "$folder/report.png" "$out"
ls -l "$out"

#!/usr/bin/env bash
# Generates the bindings elsewhere and fails if they differ from the committed bindings.
#
#   scripts/check-bindings.sh
#
# The settings are those of generate-bindings.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
scripts/generate-bindings.sh "$work"
folder=io/github/vdm4j/dml/ffi
if ! diff -ru "src/main/java/$folder" "$work/$folder"; then
  echo "check-bindings: src/main/java/$folder is not what the headers and jextract/ give;" \
    "run scripts/generate-bindings.sh and read the difference" >&2
  exit 1
fi
echo "check-bindings: the committed bindings are up to date"

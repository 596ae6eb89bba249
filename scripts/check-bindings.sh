#!/usr/bin/env bash
# Generates the bindings elsewhere and fails if they differ from the committed bindings.
#
#   scripts/check-bindings.sh [dml|pmem|all]
#
# The settings are those of generate-bindings.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-all}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
scripts/generate-bindings.sh "$what" "$work"
while read -r folder; do
  if ! diff -ru "src/main/java/$folder" "$work/$folder"; then
    echo "check-bindings: $folder is not what the headers and jextract/ give;" \
      "run scripts/generate-bindings.sh $what and read the difference" >&2
    exit 1
  fi
done < <(cd "$work" && find . -type d -name ffi)
echo "check-bindings: the committed bindings ($what) are up to date"

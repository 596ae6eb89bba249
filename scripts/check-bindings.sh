#!/usr/bin/env bash
# Generates the bindings elsewhere and fails if they differ from the committed ones.
# Settings: those of generate-bindings.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
scripts/generate-bindings.sh "$work"
if ! diff -ru src/main/java/io/github/vdm4j/dml/ffi "$work/io/github/vdm4j/dml/ffi"; then
  echo "check-bindings: the committed bindings are not what the headers and jextract/includes.txt give;" \
    "run scripts/generate-bindings.sh and read the difference" >&2
  exit 1
fi
echo "check-bindings: the committed bindings are up to date"

#!/usr/bin/env bash
# Generates the bindings of Intel DML and libpmem from the installed headers.
#
#   scripts/generate-bindings.sh [dml|pmem|all] [output folder]
#
# Without an output folder the script replaces the committed bindings. The environment has the settings:
#   JEXTRACT       the jextract to run (default: jextract on the PATH)
#   INCLUDE_DIR    a folder that holds dml/dml.h or libpmem.h (default: /usr/local/include, /usr/include)
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { printf 'generate-bindings: %s\n' "$*" >&2; exit 1; }
pinned() { sed -n "s/^$1=//p" jextract/versions.txt; }

what=${1:-all}
output=${2:-src/main/java}
case $what in all) libraries=(dml pmem);; dml|pmem) libraries=("$what");; *) fail "dml, pmem or all, not $what";; esac

jextract=${JEXTRACT:-$(command -v jextract || true)}
[ -n "$jextract" ] || fail "no jextract on PATH and JEXTRACT is not set;" \
  "jextract/README.md explains how to build revision $(pinned jextract)"
version=$("$jextract" --version 2>&1) || fail "$jextract does not run: $version"
grep -q "version $(pinned libclang)\." <<<"$version" \
  || echo "generate-bindings: note: the committed bindings come from libclang $(pinned libclang), this is: $(tail -n 1 <<<"$version")" >&2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

find_header() {
  local folder
  for folder in ${INCLUDE_DIR:-} /usr/local/include /usr/include; do
    if [ -f "$folder/$1" ]; then echo "$folder"; return; fi
  done
  fail "$1 is not installed in /usr/local/include or /usr/include; $2, or set INCLUDE_DIR"
}

options() { grep '^--include' "jextract/$1/includes.txt" | tr -s ' ' | sort; }

generate() {                      # generate LIBRARY FOLDER-OF-HEADERS PACKAGE HEADER-CLASS
  local folder=$output/${3//.//} file
  options "$1" >"$work/$1.includes"
  "$jextract" -I "$2" --output "$work/$1" --target-package "$3" --header-class-name "$4" \
    "@$work/$1.includes" "jextract/$1/bindings.h"
  rm -rf "$folder"
  mkdir -p "$folder"
  for file in "$work/$1/${3//.//}"/*.java; do
    awk -f jextract/simplify.awk "$file" >"$folder/${file##*/}"
  done
  echo "generate-bindings: $1: $(find "$folder" -name '*.java' | wc -l) files in $folder, from headers in $2"
}

for library in "${libraries[@]}"; do
  case $library in
    dml)
      headers=$(find_header dml/dml.h "install Intel DML $(pinned dml) with its headers (docs/install-dml.md)")
      "$jextract" -I "$headers" --dump-includes "$work/all.txt" jextract/dml/bindings.h
      missing=$(sed -n "s,^\(--include-[a-z]* *[A-Za-z0-9_]*\) *# header: .*/dml/.*,\1,p" "$work/all.txt" \
        | tr -s ' ' | sort | comm -23 - <(options dml))
      [ -z "$missing" ] || fail "dml/dml.h in $headers declares more than jextract/dml/includes.txt lists:"$'\n'"$missing"
      generate dml "$headers" io.github.vdm4j.dml.ffi dml_h
      ;;
    pmem)
      headers=$(find_header libpmem.h "install the distribution's package (libpmem-dev)")
      generate pmem "$headers" io.github.vdm4j.memory.ffi pmem_h
      ;;
  esac
done

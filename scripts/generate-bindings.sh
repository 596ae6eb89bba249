#!/usr/bin/env bash
# Generates the bindings of Intel DML from the installed headers.
#
#   scripts/generate-bindings.sh [output folder]
#
# Without an output folder the script replaces the committed bindings. The environment has the settings:
#   JEXTRACT       the jextract to run (default: jextract on the PATH)
#   INCLUDE_DIR    a folder that holds dml/dml.h (default: /usr/local/include, /usr/include)
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { printf 'generate-bindings: %s\n' "$*" >&2; exit 1; }
pinned() { sed -n "s/^$1=//p" jextract/versions.txt; }

package=io.github.vdm4j.dml.ffi
folder=${1:-src/main/java}/${package//.//}

jextract=${JEXTRACT:-$(command -v jextract || true)}
[ -n "$jextract" ] || fail "no jextract on PATH and JEXTRACT is not set;" \
  "jextract/README.md explains how to build revision $(pinned jextract)"
version=$("$jextract" --version 2>&1) || fail "$jextract does not run: $version"
grep -q "version $(pinned libclang)\." <<<"$version" \
  || echo "generate-bindings: note: the committed bindings come from libclang $(pinned libclang), this is: $(tail -n 1 <<<"$version")" >&2

headers=
for include in ${INCLUDE_DIR:-} /usr/local/include /usr/include; do
  if [ -f "$include/dml/dml.h" ]; then headers=$include; break; fi
done
[ -n "$headers" ] || fail "dml/dml.h is not installed in /usr/local/include or /usr/include;" \
  "install Intel DML $(pinned dml) with its headers (docs/install-dml.md), or set INCLUDE_DIR"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
grep '^--include' jextract/dml/includes.txt | tr -s ' ' | sort >"$work/includes"
"$jextract" -I "$headers" --dump-includes "$work/all" jextract/dml/bindings.h
missing=$(sed -n "s,^\(--include-[a-z]* *[A-Za-z0-9_]*\) *# header: .*/dml/.*,\1,p" "$work/all" \
  | tr -s ' ' | sort | comm -23 - "$work/includes")
[ -z "$missing" ] || fail "dml/dml.h in $headers declares more than jextract/dml/includes.txt lists:"$'\n'"$missing"

"$jextract" -I "$headers" --output "$work/generated" --target-package "$package" \
  --header-class-name dml_h "@$work/includes" jextract/dml/bindings.h
rm -rf "$folder"
mkdir -p "$folder"
for file in "$work/generated/${package//.//}"/*.java; do
  awk -f jextract/simplify.awk "$file" >"$folder/${file##*/}"
done
echo "generate-bindings: $(find "$folder" -name '*.java' | wc -l) files in $folder, from headers in $headers"

#!/usr/bin/env bash
# Generates src/main/java/io/github/vdm4j/dml/ffi from the headers of the installed Intel DML.
#
#   scripts/generate-bindings.sh [output folder]
#
# Without an argument the committed bindings are replaced. Settings, from the environment:
#   JEXTRACT           the jextract to run (default: the one on PATH)
#   DML_INCLUDE_DIR    the folder that holds dml/dml.h (default: the compiler's own search)
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { printf 'generate-bindings: %s\n' "$*" >&2; exit 1; }
pinned() { sed -n "s/^$1=//p" jextract/versions.txt; }

output=${1:-src/main/java}
package=io.github.vdm4j.dml.ffi
folder=$output/${package//.//}

jextract=${JEXTRACT:-$(command -v jextract || true)}
[ -n "$jextract" ] || fail "no jextract on PATH and JEXTRACT is not set; jextract/README.md tells how to build revision $(pinned jextract)"
version=$("$jextract" --version 2>&1) || fail "$jextract does not run: $version"
grep -q "version $(pinned libclang)\." <<<"$version" \
  || echo "generate-bindings: note: the committed bindings come from libclang $(pinned libclang), this is: $(tail -n 1 <<<"$version")" >&2

search=(-I "${DML_INCLUDE_DIR:-/usr/local/include}")
header=
for folder_of_headers in ${DML_INCLUDE_DIR:-} /usr/local/include /usr/include; do
  if [ -f "$folder_of_headers/dml/dml.h" ]; then header=$folder_of_headers/dml/dml.h; break; fi
done
[ -n "$header" ] || fail "dml/dml.h is not installed in /usr/local/include or /usr/include; install Intel DML $(pinned dml) with its headers (docs/install-dml.md) or set DML_INCLUDE_DIR"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$jextract" "${search[@]}" --dump-includes "$work/all.txt" jextract/dml_bindings.h
missing=$(sed -n "s,^\(--include-[a-z]* *[A-Za-z0-9_]*\) *# header: .*/dml/.*,\1,p" "$work/all.txt" | tr -s ' ' \
  | sort | comm -23 - <(grep '^--include' jextract/includes.txt | tr -s ' ' | sort))
[ -z "$missing" ] || fail "$header declares more than jextract/includes.txt lists:"$'\n'"$missing"

grep '^--include' jextract/includes.txt >"$work/includes.txt"
"$jextract" "${search[@]}" --output "$work/out" --target-package "$package" --header-class-name dml_h \
  "@$work/includes.txt" jextract/dml_bindings.h

rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
cp -r "$work/out/${package//.//}" "$folder"
echo "generate-bindings: $(find "$folder" -name '*.java' | wc -l) files in $folder, from $header"

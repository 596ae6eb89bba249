#!/usr/bin/env bash
# Checks scripts/vdm in a copy of the sources. It checks the first use by two processes at the same
# time, and a use from any folder. It also checks uses after a change, after a clean, and with a
# failing build. The checks take a minute or two.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { printf 'check-vdm: %s\n' "$*" >&2; exit 1; }
expect() { [[ $2 == "$1" ]] || fail "$3: expected '$1', got '$2'"; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root="$work/a copy" # The blank is part of the test.
mkdir -p "$root/src"
cp -r pom.xml config scripts "$root"
cp -r src/main "$root/src"
vdm=$root/scripts/vdm
building="vdm: building vdm, once ..."
cd /

"$vdm" info >"$work/out1" 2>"$work/err1" & first=$!
"$vdm" info >"$work/out2" 2>"$work/err2" & second=$!
wait "$first" || fail "first use: $(<"$work/err1")"
wait "$second" || fail "first use by a second process: $(<"$work/err2")"
expect "$building" "$(cat "$work/err1" "$work/err2")" "two at once build once"
grep -q '^movers' "$work/out1" && cmp -s "$work/out1" "$work/out2" || fail "two concurrent uses print different output"

ln -s "$vdm" "$work/link"
expect "$(<"$work/out1")" "$("$work/link" info 2>&1)" "through a link, and with nothing on standard error"

head -c 3000000 /dev/urandom >"$work/source"
(cd "$work" && ./link copy source target --mover threads --verify) >"$work/line" 2>&1
expect 1 "$(wc -l <"$work/line")" "lines of a copy"
cmp "$work/source" "$work/target"

printf 123456789 >"$work/nine"
expect "e3069283  nine" "$(cd "$work" && ./link crc nine 2>&1)" "a checksum"
expect "" "$("$vdm" compare "$work/source" "$work/target" 2>&1)" "a comparison of equal files"
code=0
"$vdm" compare "$work/source" "$work/nine" >"$work/out" 2>&1 || code=$?
expect 1 "$code" "the exit code for different files"
grep -q "differ at offset" "$work/out" || fail "different files: $(<"$work/out")"
code=0
"$vdm" compare "$work/source" "$work/nothing" >"$work/out" 2>&1 || code=$?
expect 2 "$code" "the exit code for a missing file"

mkdir "$work/größe"
expect "e3069283  größe" "$(cp "$work/nine" "$work/größe/größe" && cd "$work/größe" \
  && env -u LC_ALL -u LC_CTYPE LANG=C "$vdm" crc größe 2>&1)" "a name beyond ASCII without a locale"
code=0
"$vdm" crc "$work/nine" >/dev/full 2>"$work/err" || code=$?
expect 1 "$code" "the exit code for a full disk under standard output"

if "$vdm" --help | grep -q $'\033'; then fail "colours outside a terminal"; fi
if command -v script >/dev/null; then
  env -u NO_COLOR script -qc "'$vdm' --help" /dev/null </dev/null | grep -q $'\033' || fail "no colours on a terminal"
fi
"$vdm" generate-completion >"$work/completion"
bash -c "source '$work/completion' && complete -p vdm" >/dev/null || fail "the completion script"
if command -v groff >/dev/null; then
  expect "" "$("$vdm" generate-man | groff -man -Tascii -ww 2>&1 >/dev/null)" "what groff says about the man page"
fi

touch "$root/src/main/java/module-info.java"
expect "$building" "$("$vdm" info 2>&1 >/dev/null)" "after a change"
expect "" "$("$vdm" info 2>&1 >/dev/null)" "after the build that followed it"

rm -rf "$root/target"
expect "$building" "$("$vdm" info 2>&1 >/dev/null)" "after a clean"

echo "nonsense" >>"$root/src/main/java/io/github/vdm4j/cli/VdmCommand.java"
if "$vdm" info >"$work/out" 2>"$work/err"; then fail "a failing build is not noticed"; fi
expect "" "$(<"$work/out")" "standard output of a build that fails"
grep -q 'VdmCommand.java' "$work/err" || fail "a failing build does not print the reason: $(<"$work/err")"

expect 1 "$(find "$root/target/cli" -maxdepth 1 -type d -name 'build-*' | wc -l)" "builds kept after one that failed"

echo "check-vdm: scripts/vdm passes all checks"

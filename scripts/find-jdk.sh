#!/usr/bin/env bash
# Prints the home of the newest installed JDK of 22 or later, or a sentence that there is none.
# If $VDM4J_JAVA_HOME is set, only that JDK counts.
#
#   JAVA_HOME=$(scripts/find-jdk.sh) || exit 1

VDM4J_LEAST_JAVA=22

# Prints the feature release (22, 25, ...) of the JDK at $1. Fails if there is none.
jdk_feature() {
  [[ -x $1/bin/java && -x $1/bin/javac ]] || return 1
  local version=
  # Every JDK since 9 has a release file. Reading it avoids starting a JVM for each candidate.
  if [[ -r $1/release ]]; then
    version=$(sed -n 's/^JAVA_VERSION="\([^"]*\)".*/\1/p' "$1/release" | head -n 1)
  fi
  if [[ -z $version ]]; then
    version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
  fi
  version=${version%%[!0-9]*}
  [[ -n $version ]] && printf '%s\n' "$version"
}

if [[ -n ${VDM4J_JAVA_HOME:-} ]]; then
  if feature=$(jdk_feature "$VDM4J_JAVA_HOME") && ((feature >= VDM4J_LEAST_JAVA)); then
    printf '%s\n' "$VDM4J_JAVA_HOME"
    exit
  fi
  echo "vdm4j: VDM4J_JAVA_HOME=$VDM4J_JAVA_HOME is not a JDK of $VDM4J_LEAST_JAVA or later." >&2
  exit 1
fi

on_path=
if java=$(command -v java); then
  on_path=$(dirname "$(dirname "$(readlink -f "$java")")")
fi

# Of several JDKs of the same release, the first wins. The order is JAVA_HOME, PATH, and the usual
# folders.
best= best_feature=0
for candidate in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* "${HOME:-}"/.sdkman/candidates/java/* /opt/*jdk* \
  "${HOME:-}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
  [[ -n $candidate ]] || continue
  if feature=$(jdk_feature "$candidate") && ((feature >= VDM4J_LEAST_JAVA && feature > best_feature)); then
    best=$candidate
    best_feature=$feature
  fi
done

if [[ -z $best ]]; then
  echo "vdm4j: no JDK of $VDM4J_LEAST_JAVA or later was found: install one, or set VDM4J_JAVA_HOME to its home." >&2
  exit 1
fi
printf '%s\n' "$best"

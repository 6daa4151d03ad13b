# Sourced by the scripts beside it: builds what is missing or out of date; sets $root, $java and $classpath.
# shellcheck shell=sh

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
fail() { say "$@"; exit 1; }

root=$(CDPATH='' cd -P "$(dirname "$0")/.." && pwd) || fail "cannot find the folder of $0"
if [ -n "${JAVA_HOME:-}" ]; then java=$JAVA_HOME/bin/java; else java=java; fi
classpath=$root/benchmarks/target/benchmarks/lib
stamp=$root/target/benchmarks.built

# What is tested and checked is left to ./mvnw verify.
if [ ! -f "$stamp" ] || [ ! -d "$classpath" ] ||
  [ -n "$(CDPATH='' cd "$root" && find pom.xml service/pom.xml benchmarks/pom.xml service/src/main benchmarks/src/main -newer "$stamp" | head -n 1)" ]; then
  say "building"
  mkdir -p "$root/target"
  rm -rf "$classpath"
  touch "$stamp.next"
  (CDPATH='' cd "$root" && ./mvnw -q -B -pl benchmarks -am -Dmaven.test.skip=true -Denforcer.skip=true \
    -Dspotless.check.skip=true package) >&2 </dev/null || fail "the build failed"
  mv "$stamp.next" "$stamp"
fi

# Every user is a connection.
# shellcheck disable=SC3045 # where there is no -n there is nothing to raise
ulimit -n "$(ulimit -Hn)" 2>/dev/null || :

jvm='-XX:+UseSerialGC -Xms512m -Xmx1500m'
if "$java" -version 2>&1 | grep -Eq 'version "(2[4-9]|[3-9][0-9])'; then jvm="$jvm --enable-native-access=ALL-UNNAMED"; fi

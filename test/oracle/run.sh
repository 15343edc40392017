#!/bin/bash
# run.sh VERSION SCALA DRIVER ARGUMENTS…: compiles a driver against that version's jars and runs it.
set -e
VERSION=$1 SCALA=$2 DRIVER=$3
shift 3
HERE=$(cd "$(dirname "$0")" && pwd)
WORK=${TMPDIR:-/tmp}/highwater-oracle/$VERSION
mkdir -p "$WORK/classes"
if [ ! -s "$WORK/classpath" ]; then
  dependency() { echo "<dependency><groupId>$1</groupId><artifactId>$2</artifactId><version>$3</version></dependency>"; }
  echo "<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
$(dependency org.apache.kafka "kafka_$SCALA" "$VERSION")
$(grep -q '^[01]\.' <<<"$VERSION" && dependency com.fasterxml.jackson.core jackson-databind 2.19.0)
$(grep -q '^4\.' <<<"$VERSION" && dependency org.apache.kafka kafka-group-coordinator "$VERSION")
</dependencies></project>" > "$WORK/pom.xml"
  mvn -q -B -f "$WORK/pom.xml" dependency:build-classpath -Dmdep.outputFile="$WORK/classpath" >&2
fi
CLASSPATH=$(cat "$WORK/classpath")
javac -nowarn -d "$WORK/classes" -cp "$CLASSPATH" -sourcepath "$HERE" "$HERE/$DRIVER.java"
java -Xmx512m --add-opens java.base/java.nio=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED \
  -cp "$WORK/classes:$CLASSPATH" "$DRIVER" "$@"

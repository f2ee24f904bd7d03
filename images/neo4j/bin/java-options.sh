# What every Neo4j program is started with; read by the programs beside it.
NEO4J_HOME="${NEO4J_HOME:-/var/lib/neo4j}"
NEO4J_CONF="${NEO4J_CONF:-$NEO4J_HOME/conf}"
export NEO4J_HOME NEO4J_CONF
options=(
  -cp "$NEO4J_HOME/plugins/*:$NEO4J_HOME/conf/*:$NEO4J_HOME/lib/*"
  --add-opens=java.base/java.nio=ALL-UNNAMED
  --add-opens=java.base/java.io=ALL-UNNAMED
  --add-opens=java.base/sun.nio.ch=ALL-UNNAMED
  --add-opens=java.base/java.util.concurrent=ALL-UNNAMED
  -Dfile.encoding=UTF-8
)

import java.util.*;
import java.util.stream.*;

/** Random placements of replicas by the real AdminUtils.assignReplicasToBrokers, its draws given. */
public class AssignmentOracle {
    public static void main(String[] args) throws Exception {
        String version = args[0];
        long seed = Long.parseLong(args[1]);
        Class<?> java = Real.named("org.apache.kafka.admin.AdminUtils");
        Object scala = Real.module("kafka.admin.AdminUtils");
        Class<?> metadata = Real.named("org.apache.kafka.admin.BrokerMetadata", "kafka.admin.BrokerMetadata");
        List<String> lines = new ArrayList<>();
        for (int n = 0; n < Integer.parseInt(args[2]); n++) {
            Random r = new Random(seed * 1_000_003 + n);
            int count = 1 + r.nextInt(9), rf = 1 + r.nextInt(Math.min(count, 5)), partitions = 1 + r.nextInt(25);
            int start = r.nextInt(count), first = r.nextBoolean() ? -1 : r.nextInt(20), names = 1 + r.nextInt(4);
            boolean racks = r.nextBoolean() && metadata != null, alternating = r.nextBoolean();
            List<Integer> brokers = new ArrayList<>();
            for (int id = r.nextInt(3); brokers.size() < count; id += 1 + (r.nextInt(4) == 0 ? r.nextInt(10) : 0)) brokers.add(id);
            Map<Integer, String> rackOf = new LinkedHashMap<>();
            for (int i = 0; i < count; i++) rackOf.put(brokers.get(i), "r" + (alternating ? i % names : r.nextInt(names)));
            Object[] infos = brokers.stream().map(id -> metadata == null ? id : Real.make(metadata, id, option(racks ? rackOf.get(id) : null))).toArray();
            Map<Integer, List<Integer>> given = new TreeMap<>();
            if (java != null) {
                Object answer = Real.invoke(Real.method(java, "assignReplicasToBrokers", 5), null, Arrays.asList(infos), partitions, rf, start, first);
                ((Map<?, ?>) answer).forEach((p, l) -> given.put((Integer) p, ((List<?>) l).stream().map(b -> (Integer) b).collect(Collectors.toList())));
            } else {
                Object answer = Real.call(scala, "assignReplicasToBrokers", Real.scalaList(infos), partitions, rf, start, first);
                for (Object pair : Real.elements(answer)) given.put((Integer) Real.call(pair, "_1"), Real.elements(Real.call(pair, "_2")).stream().map(b -> (Integer) b).collect(Collectors.toList()));
            }
            lines.add("    {\"brokers\": " + brokers + (racks ? ", \"racks\": {" + rackOf.entrySet().stream().map(e -> "\"" + e.getKey() + "\": \"" + e.getValue() + "\"").collect(Collectors.joining(", ")) + "}" : "")
                + ", \"partitions\": " + partitions + ", \"replicationFactor\": " + rf + ", \"fixedStartIndex\": " + start + ", \"startPartitionId\": " + first
                + ", \"assignment\": {" + given.entrySet().stream().map(e -> "\"" + e.getKey() + "\": " + e.getValue()).collect(Collectors.joining(", ")) + "}}");
        }
        System.out.println("{\n  \"source\": \"org.apache.kafka:kafka:" + version + ", class " + (java != null ? java.getName() : "kafka.admin.AdminUtils") + ".assignReplicasToBrokers\",\n  \"note\": \"as the files of other versions; made by test/oracle with seed " + seed + "\",\n  \"cases\": [\n" + String.join(",\n", lines) + "\n  ]\n}");
    }

    static Object option(String value) {
        if (Real.named("org.apache.kafka.admin.BrokerMetadata") != null) return Optional.ofNullable(value);
        return value == null ? Real.module("scala.None") : Real.make(Real.named("scala.Some"), value);
    }
}

import java.util.*;
import java.util.stream.*;
import org.apache.kafka.common.Uuid;

/** Random groups through the coordinator's real assignors (KIP-848): `targets` before and after, topics a, b, … in the order of their ids. */
public class ServerAssignorOracle {
    static final String GROUP = "org.apache.kafka.coordinator.group.";

    public static void main(String[] args) throws Exception {
        String version = args[0], kind = args[1];
        long seed = Long.parseLong(args[2]);
        Object assignor = Real.make(Real.named(GROUP + "assignor." + (kind.equals("uniform") ? "UniformAssignor" : "RangeAssignor")));
        Class<?> describer = Real.named(GROUP + "api.assignor.SubscribedTopicDescriber"), type = Real.named(GROUP + "api.assignor.SubscriptionType");
        List<String> lines = new ArrayList<>();
        for (int n = 0; n < Integer.parseInt(args[3]); n++) {
            Random r = new Random(seed * 1_000_003 + n);
            boolean equal = r.nextBoolean();
            int[] counts = new int[1 + r.nextInt(6)];
            for (int i = 0; i < counts.length; i++) counts[i] = 1 + r.nextInt(9);
            TreeMap<String, Set<Integer>> topics = new TreeMap<>();
            Map<String, String> instances = new HashMap<>();
            Map<String, Map<Integer, Set<Integer>>> before = new TreeMap<>();
            int next = 0;
            for (int i = 1 + r.nextInt(7); i > 0; i--) join(r, "m" + next++, counts.length, equal, topics, instances, before);
            List<String> steps = new ArrayList<>();
            for (int i = 1 + r.nextInt(4); i > 0; i--) {
                Map<String, Object> members = new HashMap<>();
                Map<Uuid, Map<Integer, String>> assigned = new HashMap<>();
                for (String id : topics.keySet()) {
                    Map<Uuid, Set<Integer>> has = new HashMap<>();
                    before.get(id).forEach((t, p) -> { has.put(id(t), new HashSet<>(p)); for (int each : p) assigned.computeIfAbsent(id(t), x -> new HashMap<>()).put(each, id); });
                    Object assignment = Real.make(Real.named(GROUP + "modern.Assignment"), Collections.unmodifiableMap(has));
                    Set<Uuid> subscribed = topics.get(id).stream().map(ServerAssignorOracle::id).collect(Collectors.toCollection(HashSet::new));
                    members.put(id, Real.make(Real.named(GROUP + "modern.MemberSubscriptionAndAssignmentImpl"), Optional.empty(), Optional.ofNullable(instances.get(id)), subscribed, assignment));
                }
                boolean same = new HashSet<>(topics.values()).size() == 1;
                Object spec = Real.make(Real.named(GROUP + "modern.GroupSpecImpl"), members, constant(type, same ? "HOMOGENEOUS" : "HETEROGENEOUS"), assigned);
                Object told = Real.proxy(describer, (m, a) -> m.equals("numPartitions") ? (Object) counts[(int) ((Uuid) a[0]).getLeastSignificantBits() - 1] : new HashSet<>());
                Object answer = Real.call(Real.call(assignor, "assign", spec, told), "members");
                TreeMap<String, Map<Integer, Set<Integer>>> after = new TreeMap<>();
                for (String id : topics.keySet()) {
                    TreeMap<Integer, Set<Integer>> has = new TreeMap<>();
                    Object given = ((Map<?, ?>) answer).get(id);
                    if (given != null) ((Map<?, ?>) Real.call(given, "partitions")).forEach((t, p) -> { Set<Integer> all = new TreeSet<>(); for (Object each : (Iterable<?>) p) all.add((Integer) each); if (!all.isEmpty()) has.put((int) ((Uuid) t).getLeastSignificantBits() - 1, all); });
                    after.put(id, has);
                }
                Map<String, Map<Integer, Set<Integer>>> had = before;
                steps.add("{\"partitions\": {" + IntStream.range(0, counts.length).mapToObj(t -> "\"" + (char) ('a' + t) + "\": " + counts[t]).collect(Collectors.joining(", ")) + "}, \"members\": {"
                    + topics.keySet().stream().map(id -> "\"" + id + "\": {\"topics\": " + topics.get(id).stream().map(t -> "\"" + (char) ('a' + t) + "\"").collect(Collectors.toList()) + (instances.containsKey(id) ? ", \"instanceId\": \"" + instances.get(id) + "\"" : "") + ", \"before\": " + names(had.get(id)) + ", \"after\": " + names(after.get(id)) + "}").collect(Collectors.joining(", ")) + "}}");
                before = after;
                switch (r.nextInt(4)) {
                    case 0: join(r, "m" + next++, counts.length, equal, topics, instances, before); break;
                    case 1: if (topics.size() > 1) { String gone = topics.firstKey(); topics.remove(gone); before.remove(gone); instances.remove(gone); } break;
                    case 2: counts[r.nextInt(counts.length)] += 1 + r.nextInt(4); break;
                    default: if (!equal) topics.put(topics.lastKey(), subscription(r, counts.length, false));
                }
            }
            lines.add("    {\"name\": \"random " + n + "\", \"steps\": [" + String.join(", ", steps) + "]}");
        }
        System.out.println("{\n  \"source\": \"org.apache.kafka:kafka-group-coordinator:" + version + ", class " + assignor.getClass().getName() + "\",\n  \"note\": \"targets before and after; topic a has the id (0, 1), b (0, 2), …, so that ids and names are in one order, in maps too; made by test/oracle with seed " + seed + "\",\n  \"cases\": [\n" + String.join(",\n", lines) + "\n  ]\n}");
    }

    static Object constant(Class<?> type, String name) {
        for (Object each : type.getEnumConstants()) if (((Enum<?>) each).name().equals(name)) return each;
        throw new IllegalStateException(name);
    }

    static Uuid id(int topic) { return new Uuid(0, topic + 1); }

    static Set<Integer> subscription(Random r, int topics, boolean equal) {
        Set<Integer> some = new TreeSet<>();
        for (int t = 0; t < topics; t++) if (equal || r.nextInt(3) > 0) some.add(t);
        if (some.isEmpty()) some.add(r.nextInt(topics));
        return some;
    }

    static void join(Random r, String id, int count, boolean equal, Map<String, Set<Integer>> topics, Map<String, String> instances, Map<String, Map<Integer, Set<Integer>>> before) {
        topics.put(id, subscription(r, count, equal));
        if (r.nextInt(4) == 0) instances.put(id, "i" + (char) ('z' - topics.size()));
        before.put(id, new TreeMap<>());
    }

    static List<String> names(Map<Integer, Set<Integer>> has) {
        List<String> all = new ArrayList<>();
        has.forEach((t, p) -> p.forEach(i -> all.add("\"" + (char) ('a' + t) + "-" + i + "\"")));
        return all;
    }
}

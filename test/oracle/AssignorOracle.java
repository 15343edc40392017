import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.*;
import java.util.stream.*;
import org.apache.kafka.common.*;

/** Random groups through the consumer's real assignors; one file of vectors on the standard output. */
public class AssignorOracle {
    static final String CLIENTS = "org.apache.kafka.clients.consumer.";
    static Class<?> subscriptionClass, assignmentClass, assignorClass, groupSubscriptionClass;
    static String kind, version;
    static boolean racks;
    static int refused = 0;

    static Class<?> named(String... names) {
        for (String name : names) try { return Class.forName(name); } catch (ClassNotFoundException e) { /* another version's */ }
        return null;
    }

    static Object make() throws Exception { return assignorClass.getDeclaredConstructor().newInstance(); }

    static class Member {
        String id, instance, rack;
        List<String> topics = new ArrayList<>();
        List<String> previous = new ArrayList<>();
        int generation = -1;
    }

    static Method method(Class<?> of, String name, int parameters) {
        for (Class<?> c = of; c != null; c = c.getSuperclass())
            for (Method m : c.getDeclaredMethods())
                if (m.getName().equals(name) && m.getParameterCount() == parameters && !m.isBridge()) { m.setAccessible(true); return m; }
        for (Method m : of.getMethods()) if (m.getName().equals(name) && m.getParameterCount() == parameters) return m;
        return null;
    }

    static TopicPartition partition(String name) {
        int dash = name.lastIndexOf('-');
        return new TopicPartition(name.substring(0, dash), Integer.parseInt(name.substring(dash + 1)));
    }

    /** What the member's own assignor would send, had it been given `previous` in its generation. */
    static Object subscription(Member m) throws Exception {
        List<TopicPartition> owned = m.previous.stream().map(AssignorOracle::partition).collect(Collectors.toList());
        Object own = make();
        Object assignment = assignmentClass.getConstructor(List.class).newInstance(owned);
        if (kind.contains("sticky") && m.generation >= 0) {
            Method told = method(assignorClass, "onAssignment", 2);
            if (told == null) method(assignorClass, "onAssignment", 1).invoke(own, assignment);
            else if (told.getParameterTypes()[1] == int.class) told.invoke(own, assignment, m.generation);
            else {
                Class<?> metadata = told.getParameterTypes()[1];
                told.invoke(own, assignment, metadata.getConstructor(String.class, int.class, String.class, Optional.class).newInstance("g", m.generation, m.id, Optional.empty()));
            }
        }
        ByteBuffer userData = null;
        Set<String> topics = new LinkedHashSet<>(m.topics);
        Method data = method(assignorClass, "subscriptionUserData", 1);
        if (data != null) userData = (ByteBuffer) data.invoke(own, topics);
        else {
            Object sent = method(assignorClass, "subscription", 1).invoke(own, topics);
            userData = (ByteBuffer) method(subscriptionClass, "userData", 0).invoke(sent);
        }
        List<TopicPartition> told = kind.equals("cooperative-sticky") ? owned : Collections.emptyList();
        Object made = null;
        for (Constructor<?> c : subscriptionClass.getConstructors()) {
            Class<?>[] p = c.getParameterTypes();
            if (p.length == 5 && p[0] == List.class && p[3] == int.class) made = c.newInstance(m.topics, userData, told, m.generation, Optional.ofNullable(m.rack));
        }
        if (made == null) for (Constructor<?> c : subscriptionClass.getConstructors()) {
            Class<?>[] p = c.getParameterTypes();
            if (p.length == 3 && p[0] == List.class && p[2] == List.class) made = c.newInstance(m.topics, userData, told);
        }
        if (made == null) made = subscriptionClass.getConstructor(List.class, ByteBuffer.class).newInstance(m.topics, userData);
        Method instance = method(subscriptionClass, "setGroupInstanceId", 1);
        if (instance != null) instance.invoke(made, Optional.ofNullable(m.instance));
        return made;
    }

    static Node[] nodes(Map<String, List<String>> replicaRacks, String name) {
        List<String> of = replicaRacks.get(name);
        if (of == null) return new Node[] {new Node(0, "h", 1)};
        Node[] nodes = new Node[of.size()];
        for (int i = 0; i < nodes.length; i++) nodes[i] = new Node(i, "h", 1, of.get(i));
        return nodes;
    }

    @SuppressWarnings("unchecked")
    static Map<String, List<String>> assign(List<Member> members, Map<String, Integer> partitions, Map<String, List<String>> replicaRacks) throws Exception {
        List<PartitionInfo> infos = new ArrayList<>();
        Map<Integer, Node> all = new TreeMap<>();
        partitions.forEach((topic, count) -> {
            for (int i = 0; i < count; i++) {
                Node[] nodes = nodes(replicaRacks, topic + "-" + i);
                for (Node n : nodes) all.put(n.id(), n);
                infos.add(new PartitionInfo(topic, i, nodes[0], nodes, nodes));
            }
        });
        Cluster cluster = new Cluster("c", all.values(), infos, Collections.emptySet(), Collections.emptySet());
        Map<String, Object> subscriptions = new HashMap<>();
        for (Member m : members) subscriptions.put(m.id, subscription(m));
        Object leader = make();
        Map<String, Object> answer;
        if (groupSubscriptionClass == null) answer = (Map<String, Object>) assignTo(Map.class).invoke(leader, cluster, subscriptions);
        else {
            Object group = groupSubscriptionClass.getConstructor(Map.class).newInstance(subscriptions);
            Object result = assignTo(groupSubscriptionClass).invoke(leader, cluster, group);
            answer = (Map<String, Object>) method(result.getClass(), "groupAssignment", 0).invoke(result);
        }
        Map<String, List<String>> names = new LinkedHashMap<>();
        for (Member m : members) {
            List<TopicPartition> given = (List<TopicPartition>) method(assignmentClass, "partitions", 0).invoke(answer.get(m.id));
            names.put(m.id, given.stream().map(TopicPartition::toString).collect(Collectors.toList()));
        }
        return names;
    }

    static Method assignTo(Class<?> second) {
        for (Class<?> c = assignorClass; c != null; c = c.getSuperclass())
            for (Method m : c.getDeclaredMethods())
                if (m.getName().equals("assign") && m.getParameterCount() == 2 && m.getParameterTypes()[0] == Cluster.class && m.getParameterTypes()[1] == second) { m.setAccessible(true); return m; }
        throw new IllegalStateException("no assign");
    }

    // --- JSON
    static String text(String s) { return s == null ? "null" : "\"" + s + "\""; }
    static String list(List<String> l) { return l.stream().map(AssignorOracle::text).collect(Collectors.joining(", ", "[", "]")); }
    static <V> String object(Map<String, V> m, java.util.function.Function<V, String> of) {
        return m.entrySet().stream().map(e -> text(e.getKey()) + ": " + of.apply(e.getValue())).collect(Collectors.joining(", ", "{", "}"));
    }

    static String member(Member m) {
        String s = "{\"topics\": " + list(m.topics);
        if (m.instance != null) s += ", \"instanceId\": " + text(m.instance);
        if (m.rack != null) s += ", \"rack\": " + text(m.rack);
        if (kind.contains("sticky")) s += ", \"previous\": " + list(m.previous) + ", \"previousGeneration\": " + m.generation;
        return s + "}";
    }

    static String body(List<Member> members, Map<String, Integer> partitions, Map<String, List<String>> replicaRacks, Map<String, List<String>> given) {
        Map<String, Member> byId = new LinkedHashMap<>();
        for (Member m : members) byId.put(m.id, m);
        return "\"partitions\": " + object(partitions, String::valueOf)
            + (replicaRacks.isEmpty() ? "" : ", \"racks\": " + object(replicaRacks, AssignorOracle::list))
            + ", \"members\": " + object(byId, AssignorOracle::member)
            + ", \"assignment\": " + object(given, AssignorOracle::list);
    }

    // --- Random groups
    static final String[][] NAMES = {
        {"t0", "t1", "t2", "t3", "t4"},
        {"AaAa", "BBBB", "AaBB", "BBAa", "orders"},
        {"payments-eu", "payments-us", "orders", "a-b-c", "x"},
        IntStream.range(0, 22).mapToObj(i -> "topic-" + i).toArray(String[]::new),
    };

    static String memberId(Random r, int n, int form) {
        return form == 0 ? "m" + n : form == 1 ? String.valueOf((char) ('a' + n)) : "consumer-" + (n + 1) + "-" + new UUID(r.nextLong(), r.nextLong());
    }

    static List<String> subscriptionOf(Random r, List<String> all, boolean equal) {
        if (equal) return new ArrayList<>(all);
        List<String> some = all.stream().filter(t -> r.nextInt(5) > 1).collect(Collectors.toList());
        if (some.isEmpty() && r.nextInt(4) > 0) some.add(all.get(r.nextInt(all.size())));
        if (r.nextInt(3) == 0) Collections.shuffle(some, r);
        return some;
    }

    static Map<String, List<String>> replicaRacks(Random r, Map<String, Integer> partitions, int form) {
        Map<String, List<String>> of = new LinkedHashMap<>();
        if (!racks || form == 0) return of;
        String[] names = {"r0", "r1", "r2", "r3"};
        int n = 2 + r.nextInt(3), rf = 1 + r.nextInt(form == 2 ? 1 : 3);
        partitions.forEach((topic, count) -> {
            int shift = r.nextInt(4);
            for (int i = 0; i < count; i++) {
                List<String> own = new ArrayList<>();
                for (int k = 0; k < rf; k++) own.add(names[form == 3 ? r.nextInt(n) : (shift + i + k) % n]);
                of.put(topic + "-" + i, own);
            }
        });
        return of;
    }

    public static void main(String[] args) throws Exception {
        version = args[0]; kind = args[1];
        long seed = Long.parseLong(args[2]);
        int cases = Integer.parseInt(args[3]);
        racks = args.length > 4 && args[4].equals("racks");
        String simple = Map.of("range", "RangeAssignor", "roundrobin", "RoundRobinAssignor", "sticky", "StickyAssignor", "cooperative-sticky", "CooperativeStickyAssignor").get(kind);
        assignorClass = named(CLIENTS + simple);
        subscriptionClass = named(CLIENTS + "ConsumerPartitionAssignor$Subscription", CLIENTS + "internals.PartitionAssignor$Subscription");
        assignmentClass = named(CLIENTS + "ConsumerPartitionAssignor$Assignment", CLIENTS + "internals.PartitionAssignor$Assignment");
        groupSubscriptionClass = named(CLIENTS + "ConsumerPartitionAssignor$GroupSubscription");
        boolean knowsInstances = method(subscriptionClass, "setGroupInstanceId", 1) != null;
        List<String> lines = new ArrayList<>();
        for (int n = 0; n < cases; n++) {
            Random r = new Random(seed * 1_000_003 + n);
            for (int i = 0; i < 5; i++) r.nextInt();
            lines.add("    {\"name\": \"random " + n + "\", " + oneCase(r, knowsInstances) + "}");
        }
        if (refused > 0) System.err.println("refused " + refused);
        System.out.println("{\n  \"source\": \"org.apache.kafka:kafka-clients:" + version + ", class " + assignorClass.getName() + "\",");
        System.out.println("  \"note\": \"as the files of other versions; made by test/oracle with seed " + seed + (racks ? "; racks of replicas by partition, rack of members: KIP-881" : "") + "\",");
        System.out.println("  \"cases\": [\n" + String.join(",\n", lines) + "\n  ]\n}");
    }

    static String oneCase(Random r, boolean knowsInstances) throws Exception {
        int form = r.nextInt(8);
        String[] names = NAMES[form < 4 ? 0 : form < 6 ? 1 : form < 7 ? 2 : 3];
        int most = names.length > 10 ? 22 : 5;
        List<String> topics = new ArrayList<>(Arrays.asList(names).subList(0, 1 + r.nextInt(most)));
        boolean equal = r.nextBoolean(), statics = knowsInstances && r.nextInt(3) == 0;
        int idForm = r.nextInt(3), rackForm = racks ? 1 + r.nextInt(3) : 0;
        Map<String, Integer> partitions = new LinkedHashMap<>();
        for (String t : topics) if (r.nextInt(12) > 0) partitions.put(t, 1 + r.nextInt(most > 5 ? 3 : r.nextInt(4) == 0 ? 20 : 8));
        if (partitions.isEmpty()) partitions.put(topics.get(0), 3);
        Map<String, List<String>> replicaRacks = replicaRacks(r, partitions, rackForm);
        List<Member> members = new ArrayList<>();
        int next = 0, count = 1 + r.nextInt(r.nextInt(6) == 0 ? 16 : 6);
        for (; next < count; next++) members.add(fresh(r, next, idForm, topics, equal, statics));
        if (!kind.contains("sticky")) return body(members, partitions, replicaRacks, assign(members, partitions, replicaRacks));
        List<String> steps = new ArrayList<>();
        List<Member> away = new ArrayList<>();
        int generation = 0, wanted = 2 + r.nextInt(4);
        String action = "first";
        while (true) {
            generation += 1;
            Map<String, List<String>> given;
            // A topic made again with fewer partitions can make a sticky assignor throw: nothing follows.
            try { given = assign(members, partitions, replicaRacks); } catch (java.lang.reflect.InvocationTargetException e) { refused++; if (refused == 1) e.getCause().printStackTrace(); break; }
            steps.add("{\"action\": " + text(action) + ", \"generation\": " + generation + ", " + body(members, partitions, replicaRacks, given) + "}");
            if (steps.size() == wanted) break;
            for (Member m : members) { m.previous = given.get(m.id); m.generation = generation; }
            switch (r.nextInt(8)) {
                case 0: case 1:
                    action = "one joins";
                    members.add(fresh(r, next++, idForm, topics, equal, statics));
                    if (r.nextBoolean()) members.add(fresh(r, next++, idForm, topics, equal, statics));
                    break;
                case 2:
                    action = "one leaves";
                    if (members.size() > 1) members.remove(r.nextInt(members.size()));
                    break;
                case 3:
                    action = "one misses rebalances";
                    if (members.size() > 1) away.add(members.remove(r.nextInt(members.size())));
                    break;
                case 4: {
                    action = "topics change";
                    String t = topics.get(r.nextInt(topics.size()));
                    if (r.nextInt(4) == 0 && partitions.size() > 1) partitions.remove(t); else partitions.put(t, 1 + r.nextInt(10));
                    replicaRacks = replicaRacks(r, partitions, rackForm);
                    break;
                }
                case 5:
                    action = "a subscription changes";
                    if (!equal) { Member m = members.get(r.nextInt(members.size())); m.topics = subscriptionOf(r, topics, false); }
                    break;
                case 6: {
                    action = "one comes back without what it had";
                    Member m = members.get(r.nextInt(members.size()));
                    m.previous = new ArrayList<>(); m.generation = -1;
                    break;
                }
                default:
                    action = "once more";
            }
            if (!away.isEmpty() && r.nextBoolean()) { action += ", one comes back with an old claim"; members.add(away.remove(0)); }
        }
        return "\"steps\": [" + String.join(", ", steps) + "]";
    }

    static Member fresh(Random r, int n, int idForm, List<String> topics, boolean equal, boolean statics) {
        Member m = new Member();
        m.id = memberId(r, n, idForm);
        m.topics = subscriptionOf(r, topics, equal);
        if (statics && r.nextInt(3) > 0) m.instance = "i" + (char) ('z' - n);
        if (racks && r.nextInt(10) > 0) m.rack = "r" + r.nextInt(4);
        return m;
    }
}

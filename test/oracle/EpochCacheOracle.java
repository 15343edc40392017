import com.fasterxml.jackson.databind.*;
import com.fasterxml.jackson.databind.node.*;
import java.io.File;
import java.util.*;
import org.apache.kafka.common.TopicPartition;

/** The steps of a file of vectors, then random ones, through the real leader-epoch cache. */
public class EpochCacheOracle {
    static final ObjectMapper JSON = new ObjectMapper();
    static long leo;
    static Class<?> type;

    static Object cache(File dir) {
        type = Real.named("org.apache.kafka.storage.internals.epoch.LeaderEpochFileCache", "kafka.server.epoch.LeaderEpochFileCache");
        TopicPartition tp = new TopicPartition("t", 0);
        Class<?> checkpoint = type.getConstructors()[0].getParameterTypes()[type.getConstructors()[0].getParameterCount() - 1];
        if (checkpoint.getSimpleName().equals("Scheduler")) {
            Class<?> file = Real.named("org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile");
            Object channel = Real.make(Real.named("org.apache.kafka.storage.internals.log.LogDirFailureChannel"), 1);
            Object scheduler = Real.proxy(checkpoint, (name, a) -> null);
            return Real.make(type, tp, Real.make(file, new File(dir, "c"), channel), scheduler);
        }
        Object stored = Real.proxy(checkpoint, (name, a) -> name.equals("read") ? (type.getName().startsWith("kafka.") ? Real.scalaList() : new ArrayList<>()) : null);
        if (type.getConstructors()[0].getParameterCount() == 2) return Real.make(type, tp, stored);
        Class<?> metadata = Real.named("kafka.server.LogOffsetMetadata");
        boolean early = Real.method(type, "clearAndFlushLatest", 1) != null;
        return Real.make(type, tp, Real.function0(() -> early ? Real.make(metadata, leo, 0L, 0) : (Object) leo), stored);
    }

    static ObjectNode run(Object cache, String op, int epoch, long offset) {
        ObjectNode step = JSON.createObjectNode().put("op", op);
        boolean old = Real.method(type, "clearAndFlushLatest", 1) != null;
        boolean async = Real.method(type, "truncateFromEndAsyncFlush", 1) != null;
        switch (op) {
            case "leo": leo = offset; return step.put("offset", offset);
            case "assign":
                step.put("epoch", epoch).put("offset", offset);
                try {
                    for (var m : Real.methods(type, "assign")) if (m.getParameterCount() == 2) { Real.invoke(m, cache, epoch, offset); break; }
                } catch (Exception | AssertionError e) { step.put("error", e.getClass().getSimpleName()); }
                break;
            case "endOffsetFor": {
                step.put("epoch", epoch);
                Object end = Real.method(type, "endOffsetFor", 1) != null ? Real.call(cache, "endOffsetFor", epoch) : Real.call(cache, "endOffsetFor", epoch, leo);
                if (end instanceof Long) return step.put("result", (Long) end);
                ArrayNode pair = step.putArray("result");
                if (end instanceof Map.Entry) { Map.Entry<?, ?> e = (Map.Entry<?, ?>) end; pair.add((Integer) e.getKey()).add((Long) e.getValue()); }
                else pair.add((Integer) Real.call(end, "_1")).add((Long) Real.call(end, "_2"));
                return step;
            }
            case "latestEpoch": {
                Object latest = Real.call(cache, "latestEpoch");
                if (latest instanceof OptionalInt) latest = ((OptionalInt) latest).isPresent() ? ((OptionalInt) latest).getAsInt() : null;
                else if (latest instanceof Optional) latest = ((Optional<?>) latest).orElse(null);
                else if (!(latest instanceof Integer)) latest = (Boolean) Real.call(latest, "isEmpty") ? null : Real.call(latest, "get");
                if (latest == null) step.putNull("result"); else step.put("result", (Integer) latest);
                return step;
            }
            case "truncateFromEnd":
                step.put("offset", offset);
                Real.call(cache, old ? "clearAndFlushLatest" : async ? "truncateFromEndAsyncFlush" : "truncateFromEnd", offset);
                break;
            case "truncateFromStart":
                step.put("offset", offset);
                Real.call(cache, old ? "clearAndFlushEarliest" : async ? "truncateFromStartAsyncFlush" : "truncateFromStart", offset);
                break;
            default: throw new IllegalStateException(op);
        }
        ArrayNode entries = step.putArray("entries");
        for (Object e : Real.elements(Real.call(cache, "epochEntries"))) {
            Object epochOf, startOf;
            try { epochOf = Real.call(e, "epoch"); startOf = Real.call(e, "startOffset"); }
            catch (IllegalStateException fields) {
                try { epochOf = e.getClass().getField("epoch").get(e); startOf = e.getClass().getField("startOffset").get(e); } catch (ReflectiveOperationException x) { throw new IllegalStateException(x); }
            }
            entries.addArray().add((Integer) epochOf).add((Long) startOf);
        }
        return step;
    }

    public static void main(String[] args) throws Exception {
        String version = args[0];
        List<String> lines = new ArrayList<>();
        File dir = Real.temporary();
        if (!args[1].equals("-")) for (JsonNode given : JSON.readTree(new File(args[1])).get("cases")) {
            leo = 1_000_000;
            new File(dir, "c").delete();
            Object cache = cache(dir);
            ObjectNode made = JSON.createObjectNode();
            made.set("name", given.get("name"));
            ArrayNode steps = made.putArray("steps");
            for (JsonNode s : given.get("steps")) steps.add(run(cache, s.get("op").asText(), s.has("epoch") ? s.get("epoch").asInt() : -1, s.has("offset") ? s.get("offset").asLong() : -1));
            lines.add("    " + JSON.writeValueAsString(made));
        }
        long seed = Long.parseLong(args[2]);
        for (int n = 0; n < Integer.parseInt(args[3]); n++) {
            Random r = new Random(seed * 1_000_003 + n);
            leo = 1_000_000;
            new File(dir, "c").delete();
            Object cache = cache(dir);
            ObjectNode made = JSON.createObjectNode().put("name", "seeded " + n);
            ArrayNode steps = made.putArray("steps");
            int epoch = 0;
            long offset = 0;
            for (int i = 4 + r.nextInt(30); i > 0; i--) {
                switch (r.nextInt(10)) {
                    case 0: offset += r.nextInt(30); steps.add(run(cache, "leo", -1, offset)); break;
                    case 1: case 2: case 3: case 4:
                        epoch = r.nextInt(5) == 0 ? Math.max(r.nextInt(30) == 0 ? -1 : 0, epoch - r.nextInt(4)) : epoch + r.nextInt(3);
                        offset = r.nextInt(5) == 0 ? Math.max(r.nextInt(20) == 0 ? -1 : 0, offset - r.nextInt(15)) : offset + r.nextInt(12);
                        steps.add(run(cache, "assign", epoch, offset));
                        break;
                    case 5: steps.add(run(cache, "latestEpoch", -1, -1)); break;
                    case 6: steps.add(run(cache, "truncateFromEnd", -1, Math.max(-1, offset - 20 + r.nextInt(30)))); break;
                    case 7: steps.add(run(cache, "truncateFromStart", -1, Math.max(-1, offset - 30 + r.nextInt(36)))); break;
                    default: steps.add(run(cache, "endOffsetFor", Math.max(-1, epoch - 4 + r.nextInt(7)), -1));
                }
            }
            lines.add("    " + JSON.writeValueAsString(made));
        }
        Real.delete(dir);
        String artifact = type.getName().startsWith("kafka.") ? "kafka" : "kafka-storage";
        System.out.println("{\n  \"source\": \"org.apache.kafka:" + artifact + ":" + version + ", class " + type.getName() + "\",\n  \"note\": \"as the files of other versions; made by test/oracle, random cases with seed " + seed + "\",\n  \"cases\": [\n" + String.join(",\n", lines) + "\n  ]\n}");
    }
}

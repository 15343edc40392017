import com.fasterxml.jackson.databind.*;
import com.fasterxml.jackson.databind.node.*;
import java.io.File;
import java.util.*;
import org.apache.kafka.common.record.*;
import org.apache.kafka.common.utils.Time;

/** The steps of a file of vectors through the real cleaner on a real log (Kafka 3.x). */
public class CompactionOracle {
    static final ObjectMapper JSON = new ObjectMapper();
    static final long BEGINNING = 1_700_000_000_000L;
    static long now;

    static List<Object> segments(RealLog log) { return Real.elements(Real.call(log.log, "logSegments")); }

    static FileRecords file(Object segment) { return (FileRecords) Real.call(segment, "log"); }

    static ArrayNode shape(RealLog log) {
        ArrayNode all = JSON.createArrayNode();
        for (Object segment : segments(log)) {
            ObjectNode s = all.addObject().put("baseOffset", (Long) Real.call(segment, "baseOffset"));
            ArrayNode batches = s.putArray("batches");
            for (RecordBatch batch : file(segment).batches()) {
                ObjectNode b = batches.addObject().put("baseOffset", batch.baseOffset()).put("lastOffset", batch.lastOffset());
                ArrayNode records = b.putArray("records");
                for (org.apache.kafka.common.record.Record r : batch) {
                    ArrayNode one = records.addArray().add(r.offset());
                    one.add(batch.isControlBatch() ? "<control>" : text(r.key()));
                    String value = batch.isControlBatch() ? null : text(r.value());
                    if (value == null) one.addNull(); else one.add(value);
                }
                if (batch.hasProducerId()) b.put("producerId", batch.producerId());
            }
        }
        return all;
    }

    static String text(java.nio.ByteBuffer b) {
        if (b == null) return null;
        byte[] bytes = new byte[b.remaining()];
        b.duplicate().get(bytes);
        return new String(bytes);
    }

    static Object option(Long value) { return value == null ? Real.module("scala.None") : Real.make(Real.named("scala.Some"), value); }

    public static void main(String[] args) throws Exception {
        String version = args[0];
        Time time = (Time) Real.proxy(Time.class, (m, a) -> {
            switch (m) {
                case "milliseconds": case "hiResClockMs": return now;
                case "nanoseconds": return now * 1_000_000L;
                default: return null;
            }
        });
        List<String> lines = new ArrayList<>();
        for (JsonNode given : JSON.readTree(new File(args[1])).get("cases")) {
            now = BEGINNING;
            File parent = Real.temporary();
            Properties settings = new Properties();
            settings.put("cleanup.policy", "compact");
            given.get("settings").fields().forEachRemaining(e -> settings.put(e.getKey(), e.getValue().asText()));
            RealLog log = new RealLog(parent, settings, time);
            Map<Long, Integer> sequences = new HashMap<>();
            Long checkpoint = null;
            ObjectNode made = JSON.createObjectNode();
            made.set("name", given.get("name"));
            made.set("settings", given.get("settings"));
            ArrayNode steps = made.putArray("steps");
            for (JsonNode s : given.get("steps")) {
                ObjectNode step = JSON.createObjectNode();
                for (String f : new String[] {"op", "records", "producerId", "transactional", "offset", "ms"}) if (s.has(f)) step.set(f, s.get(f));
                long producerId = s.path("producerId").asLong(-1);
                switch (s.get("op").asText()) {
                    case "append": {
                        String[] words = s.get("records").asText().split(" ");
                        String[][] pairs = new String[words.length][];
                        for (int i = 0; i < words.length; i++) { pairs[i] = words[i].split("=", 2); if (pairs[i][1].equals("null")) pairs[i][1] = null; }
                        int sequence = producerId < 0 ? -1 : sequences.merge(producerId, pairs.length, Integer::sum) - pairs.length;
                        log.append(RealLog.records(0, producerId, (short) (producerId < 0 ? -1 : 0), sequence, s.path("transactional").asBoolean(false), now, pairs), true);
                        break;
                    }
                    case "abort":
                        log.append(MemoryRecords.withEndTransactionMarker(0L, now, 0, producerId, (short) 0, new EndTransactionMarker(ControlRecordType.ABORT, 0)), false);
                        break;
                    case "roll": log.roll(); step.put("newSegmentBase", log.endOffset()); break;
                    case "highWatermarkTo": log.highWatermarkTo(s.get("offset").asLong()); break;
                    case "clock": now = BEGINNING + s.get("ms").asLong(); break;
                    case "clean": {
                        // The horizon of before 3.1 comes from the files' times.
                        for (Object segment : segments(log)) {
                            long largest = -1;
                            for (RecordBatch b : file(segment).batches()) largest = Math.max(largest, b.maxTimestamp());
                            if (largest >= 0) file(segment).file().setLastModified(largest);
                        }
                        Object range = Real.call(Real.module("kafka.log.LogCleanerManager"), "cleanableOffsets", log.log, option(checkpoint), now);
                        long first = (Long) Real.call(range, "firstDirtyOffset"), end = (Long) Real.call(range, "firstUncleanableDirtyOffset");
                        Object toClean = Real.make(Real.named("kafka.log.LogToClean"), RealLog.PARTITION, log.log, first, end, false);
                        long cleanable = (Long) Real.call(toClean, "cleanableBytes");
                        step.put("clockMs", now - BEGINNING).put("firstDirtyOffset", first).put("firstUncleanableOffset", (Long) Real.call(toClean, "firstUncleanableOffset")).put("cleanBytes", (Long) Real.call(toClean, "cleanBytes")).put("cleanableBytes", cleanable);
                        step.set("before", shape(log));
                        if (cleanable == 0) step.put("skipped", true);
                        else {
                            Object map = Real.make(Real.named("org.apache.kafka.storage.internals.log.SkimpyOffsetMap", "kafka.log.SkimpyOffsetMap"), 1 << 20, "MD5");
                            Class<?> type = Real.named("org.apache.kafka.storage.internals.utils.Throttler", "kafka.utils.Throttler");
                            Object throttler = type.getName().startsWith("kafka.") ? Real.make(type, Double.MAX_VALUE, Long.MAX_VALUE, true, "a", "b", time) : Real.make(type, Double.MAX_VALUE, Long.MAX_VALUE, "a", "b", time);
                            Object done = Real.proxy(Real.named("scala.Function1"), (m, a) -> null);
                            Object cleaner = Real.make(Real.named("kafka.log.Cleaner"), 0, map, 1 << 16, 1 << 20, 0.9, throttler, time, done);
                            checkpoint = (Long) Real.call(Real.call(cleaner, "clean", toClean), "_1");
                            step.put("nextDirtyOffset", checkpoint);
                        }
                        step.set("after", shape(log));
                        step.put("logEndOffset", log.endOffset());
                        break;
                    }
                    default: throw new IllegalStateException(s.toString());
                }
                steps.add(step);
            }
            Real.delete(parent);
            lines.add("    " + JSON.writeValueAsString(made));
        }
        System.out.println("{\n  \"source\": \"org.apache.kafka:kafka:" + version + ", class kafka.log.Cleaner.clean with kafka.log.LogCleanerManager.cleanableOffsets on a real log\",\n  \"note\": \"as the file of 2.4.1; made by test/oracle\",\n  \"cases\": [\n" + String.join(",\n", lines) + "\n  ]\n}");
        System.exit(0);
    }
}

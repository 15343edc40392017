import com.fasterxml.jackson.databind.*;
import com.fasterxml.jackson.databind.node.*;
import java.io.File;
import java.util.*;
import org.apache.kafka.common.record.*;
import org.apache.kafka.common.utils.Time;

/** The steps of files of vectors, then random ones, through a real log and its producer state. */
public class ProducerStateOracle {
    static final ObjectMapper JSON = new ObjectMapper();
    static File parent;

    static RealLog open() {
        parent = Real.temporary();
        return new RealLog(parent, new Properties(), Time.SYSTEM);
    }

    static ObjectNode run(RealLog log, JsonNode given) {
        ObjectNode step = JSON.createObjectNode();
        for (String field : new String[] {"op", "type", "producerId", "epoch", "sequence", "count", "transactional", "coordinatorEpoch", "lastSequence"}) if (given.has(field)) step.set(field, given.get(field));
        String op = given.get("op").asText();
        if (given.has("offset")) step.set("offset", given.get("offset"));
        long producerId = given.path("producerId").asLong(-1), offset = given.path("offset").asLong(0);
        short epoch = (short) given.path("epoch").asInt(-1);
        switch (op) {
            case "append": case "marker": {
                MemoryRecords records = op.equals("append")
                    ? RealLog.records(0, producerId, epoch, given.path("sequence").asInt(-1), given.path("transactional").asBoolean(false), System.currentTimeMillis(), RealLog.plain(given.path("count").asInt(1)))
                    : MemoryRecords.withEndTransactionMarker(producerId, epoch, new EndTransactionMarker(ControlRecordType.valueOf(given.get("type").asText()), given.path("coordinatorEpoch").asInt(0)));
                long before = log.endOffset();
                try {
                    Object info = log.append(records, op.equals("append"));
                    step.put("result", log.endOffset() > before ? "accepted" : "duplicate").put("baseOffset", RealLog.firstOffset(info));
                } catch (Exception e) {
                    if (!e.getClass().getName().startsWith("org.apache.kafka")) throw e;
                    step.put("result", "error").put("error", e.getClass().getSimpleName());
                }
                break;
            }
            case "forceState":
                log.appendAsFollower(RealLog.records(log.endOffset(), producerId, epoch, given.get("lastSequence").asInt(), false, System.currentTimeMillis(), RealLog.plain(1)));
                break;
            case "highWatermarkTo": log.highWatermarkTo(offset); break;
            case "logStartTo": log.logStartTo(offset); break;
            case "truncateTo": log.truncateTo(offset); break;
            case "roll": log.roll(); break;
            case "reopen": log.reopen(); break;
            default: throw new IllegalStateException(op);
        }
        step.put("logEndOffset", log.endOffset());
        Long stable = log.lastStableOffset();
        if (stable != null) step.put("lastStableOffset", stable);
        return step;
    }

    static ObjectNode step(String op) { return JSON.createObjectNode().put("op", op); }

    public static void main(String[] args) throws Exception {
        String version = args[0];
        long seed = Long.parseLong(args[1]);
        int random = Integer.parseInt(args[2]);
        List<String> lines = new ArrayList<>();
        for (int i = 3; i < args.length; i++) for (JsonNode given : JSON.readTree(new File(args[i])).get("cases")) {
            RealLog log = open();
            ObjectNode made = JSON.createObjectNode();
            made.set("name", given.get("name"));
            ArrayNode steps = made.putArray("steps");
            for (JsonNode s : given.get("steps")) steps.add(run(log, s));
            Real.delete(parent);
            lines.add("    " + JSON.writeValueAsString(made));
        }
        for (int n = 0; n < random; n++) {
            Random r = new Random(seed * 1_000_003 + n);
            RealLog log = open();
            ObjectNode made = JSON.createObjectNode().put("name", "seeded " + n);
            ArrayNode steps = made.putArray("steps");
            long[] start = {0}, high = {0};
            int[] epochs = new int[4], next = new int[4];
            boolean[] inside = new boolean[4];
            int[] coordinator = {0};
            TreeSet<Long> bases = new TreeSet<>(List.of(0L));
            for (int i = 8 + r.nextInt(25); i > 0; i--) {
                int p = 1 + r.nextInt(3);
                long end = log.endOffset();
                ObjectNode given;
                int what = r.nextInt(20);
                if (what < 11) {
                    if (r.nextInt(12) == 0) { epochs[p] += 1 + r.nextInt(2); if (r.nextInt(4) > 0) next[p] = 0; }
                    int epoch = r.nextInt(15) == 0 ? Math.max(0, epochs[p] - 1) : epochs[p];
                    int sequence = r.nextInt(6) == 0 ? Math.max(0, next[p] - 3 + r.nextInt(6)) : next[p];
                    int count = 1 + r.nextInt(3);
                    boolean transactional = p == 3 ? r.nextInt(10) > 0 : p == 2 && (inside[p] ? r.nextInt(10) > 0 : r.nextInt(3) == 0);
                    given = step("append").put("producerId", r.nextInt(15) == 0 ? -1 : p).put("epoch", epoch).put("sequence", sequence).put("count", count).put("transactional", transactional);
                    if (given.get("producerId").asInt() < 0) given.put("epoch", -1).put("sequence", -1).put("transactional", false);
                    ObjectNode done = run(log, given);
                    if (done.get("result").asText().equals("accepted") && given.get("producerId").asInt() > 0) { next[p] = sequence + count; inside[p] |= transactional; }
                    steps.add(done);
                    if (r.nextInt(8) == 0) steps.add(run(log, given));
                    continue;
                }
                if (what < 14) {
                    if (r.nextInt(6) == 0) coordinator[0] += 1;
                    int epoch = r.nextInt(6) == 0 ? ++epochs[p] : r.nextInt(12) == 0 ? Math.max(0, epochs[p] - 1) : epochs[p];
                    if (epoch == epochs[p]) r.nextInt(3); // Decides nothing: published vectors were made with this draw.
                    given = step("marker").put("type", r.nextBoolean() ? "COMMIT" : "ABORT").put("producerId", p).put("epoch", epoch).put("coordinatorEpoch", r.nextInt(10) == 0 ? Math.max(0, coordinator[0] - 1) : coordinator[0]);
                    inside[p] = false;
                } else if (what < 16) { if (high[0] >= end) continue; high[0] += 1 + r.nextInt((int) (end - high[0])); given = step("highWatermarkTo").put("offset", high[0]); }
                else if (what == 16) { if (start[0] >= high[0]) continue; start[0] += 1 + r.nextInt((int) (high[0] - start[0])); given = step("logStartTo").put("offset", start[0]); }
                else if (what == 17) { if (end == 0) continue; long to = Math.max(high[0], end - 1 - r.nextInt(6)); if (to >= end || to < start[0] || !boundary(steps, to)) continue; given = step("truncateTo").put("offset", to); bases.removeIf(b -> b > to); }
                else if (what == 18) { if (end <= bases.last()) continue; bases.add(end); given = step("roll"); }
                else { given = step("reopen"); high[0] = start[0]; }
                // 2.4 and 2.5 throw where a truncation meets the high watermark and an open transaction above it.
                try { steps.add(run(log, given)); } catch (Exception e) { if (e instanceof IllegalStateException) throw e; System.err.println("threw " + e); break; }
            }
            Real.delete(parent);
            lines.add("    " + JSON.writeValueAsString(made));
        }
        String artifact = RealLog.TYPE.getName().startsWith("kafka.") ? "kafka" : "kafka-storage";
        String stable = Real.method(RealLog.TYPE, "lastStableOffset", 0) == null ? "; lastStableOffset here is the first unstable offset, where there is one" : "";
        System.out.println("{\n  \"source\": \"org.apache.kafka:" + artifact + ":" + version + ", class " + RealLog.TYPE.getName() + ".appendAsLeader (ProducerStateManager)" + stable + "\",\n  \"note\": \"as the files of other versions; made by test/oracle, random cases with seed " + seed + "\",\n  \"cases\": [\n" + String.join(",\n", lines) + "\n  ]\n}");
        System.exit(0);
    }

    /** A follower truncates to where a batch begins. */
    static boolean boundary(ArrayNode steps, long offset) {
        if (offset == 0) return true;
        for (JsonNode s : steps) if (s.path("result").asText().equals("accepted") && (s.path("baseOffset").asLong() == offset || s.path("logEndOffset").asLong() == offset)) return true;
        return false;
    }
}

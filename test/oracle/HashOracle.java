import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.kafka.common.utils.Utils;

/** Random keys by the real murmur2, and random ids by the real choice of a coordinator's partition (`offset-partition`). */
public class HashOracle {
    static final int[] COUNTS = {1, 2, 3, 5, 10, 50, 100};

    public static void main(String[] args) throws Exception {
        String version = args[0], kind = args[1];
        long seed = Long.parseLong(args[2]);
        List<String> lines = new ArrayList<>();
        String of = "";
        for (int n = 0; n < Integer.parseInt(args[3]); n++) {
            Random r = new Random(seed * 1_000_003 + n);
            if (kind.equals("murmur2")) {
                of = "org.apache.kafka.common.utils.Utils.murmur2";
                byte[] key = new byte[r.nextInt(r.nextInt(8) == 0 ? 200 : 24)];
                r.nextBytes(key);
                int hash = Utils.murmur2(key), positive = Utils.toPositive(hash);
                StringBuilder hex = new StringBuilder(), partition = new StringBuilder();
                for (byte b : key) hex.append(String.format("%02x", b));
                for (int count : COUNTS) partition.append(partition.length() == 0 ? "" : ", ").append("\"" + count + "\": " + positive % count);
                lines.add("    {\"keyHex\": \"" + hex + "\", \"hash\": " + hash + ", \"toPositive\": " + positive + ", \"partition\": {" + partition + "}}");
            } else {
                Class<?> shared = Real.named("org.apache.kafka.common.utils.Utils");
                StringBuilder id = new StringBuilder();
                for (int i = r.nextInt(24); i >= 0; i--) id.append((char) (r.nextInt(20) == 0 ? 0xe0 + r.nextInt(500) : 'a' + r.nextInt(26)));
                Object utils = Real.module("kafka.utils.Utils") != null ? Real.module("kafka.utils.Utils") : null;
                of = utils != null ? "kafka.utils.Utils.abs" : "org.apache.kafka.common.utils.Utils.abs";
                int hash = id.toString().hashCode();
                int p = (utils != null ? (Integer) Real.call(utils, "abs", hash) : (Integer) Real.invoke(Real.method(shared, "abs", 1), null, hash)) % 50;
                StringBuilder escaped = new StringBuilder();
                for (char c : id.toString().toCharArray()) escaped.append(c < 128 ? String.valueOf(c) : String.format("\\u%04x", (int) c));
                lines.add("    {\"id\": \"" + escaped + "\", \"hashCode\": " + hash + ", \"groupPartition\": " + p + ", \"transactionPartition\": " + p + "}");
            }
        }
        System.out.println("{\n  \"source\": \"org.apache.kafka:kafka-clients:" + version + ", class " + of + "\",\n  \"note\": \"as the files of other versions; made by test/oracle with seed " + seed + "\",\n  \"cases\": [\n" + String.join(",\n", lines) + "\n  ]\n}");
    }
}

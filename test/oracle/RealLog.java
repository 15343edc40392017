import java.io.File;
import java.lang.reflect.*;
import java.nio.ByteBuffer;
import java.util.*;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.*;
import org.apache.kafka.common.utils.Time;

/** One real log of any version: every parameter of its constructors and methods is filled in by its type. */
final class RealLog {
    static final Class<?> TYPE = Real.named("org.apache.kafka.storage.internals.log.UnifiedLog", "kafka.log.UnifiedLog", "kafka.log.Log");
    static final TopicPartition PARTITION = new TopicPartition("t", 0);
    final File parent, dir;
    final Properties settings;
    final Time time;
    Object log;
    long recoveryPoint, startsAt;

    RealLog(File parent, Properties settings, Time time) {
        this.parent = parent;
        this.dir = new File(parent, "t-0");
        this.settings = settings;
        this.time = time;
        dir.mkdirs();
        open();
    }

    Object fill(Class<?> type, Object... preferred) {
        for (Object each : preferred) if (each != null && type.isInstance(each)) return each;
        String name = type.getSimpleName();
        if (type == File.class) return dir;
        if (type == int.class) return 86_400_000;
        if (type == boolean.class) return true;
        if (type == TopicPartition.class) return PARTITION;
        if (type == Time.class) return time;
        if (type == ConcurrentMap.class) return new ConcurrentHashMap<>();
        if (type == Optional.class) return Optional.empty();
        if (type.getName().equals("scala.Option")) return Real.module("scala.None");
        switch (name) {
            case "Scheduler": {
                Object never = Real.proxy(java.util.concurrent.ScheduledFuture.class, (m, a) -> m.equals("cancel") ? true : null);
                return Real.proxy(type, (m, a) -> {
                    if (m.contains("$default$")) return m.endsWith("5") ? java.util.concurrent.TimeUnit.MILLISECONDS : (Object) (m.endsWith("4") ? -1L : 0L);
                    return m.startsWith("schedule") && (a == null || a.length > 0) ? never : null;
                });
            }
            case "LogConfig": return logConfig(type);
            case "LogDirFailureChannel": return Real.make(type, 10);
            case "ProducerStateManagerConfig":
                try { return Real.make(type, 86_400_000, false); } catch (IllegalStateException e) { return Real.make(type, 86_400_000); }
            case "ProducerStateManager": return make(type, preferred);
            case "BrokerTopicStats":
                try { return Real.make(type); } catch (IllegalStateException e) { return make(type, preferred); }
            case "RequestLocal": return Real.invoke(Real.method(type, "NoCaching", 0) != null ? Real.method(type, "NoCaching", 0) : Real.method(type, "withThreadConfinedCaching", 0), null);
            case "VerificationGuard": return constant(type, "SENTINEL");
            case "LogOffsetsListener": return constant(type, "NO_OP_OFFSETS_LISTENER");
            case "MetadataVersion": return Real.invoke(first(Real.method(type, "latestProduction", 0), Real.method(type, "latest", 0)), null);
            case "ApiVersion": return Real.call(Real.module("kafka.api.ApiVersion"), "latestVersion");
            case "LogStartOffsetIncrementReason": {
                Object[] all = type.getEnumConstants();
                if (all != null) return all[0];
                return Real.module("kafka.log.ClientRecordDeletion") != null ? Real.module("kafka.log.ClientRecordDeletion") : Real.module("kafka.log.LogStartOffsetIncrementReason$ClientRecordDeletion");
            }
            default: throw new IllegalStateException("nothing to fill " + type + " with");
        }
    }

    static Method first(Method... of) { for (Method m : of) if (m != null) return m; throw new IllegalStateException("none"); }

    static Object constant(Class<?> of, String name) {
        try { return of.getField(name).get(null); } catch (ReflectiveOperationException e) { throw new IllegalStateException(e); }
    }

    static Object logConfig(Class<?> type, Properties p) {
        try { return Real.make(type, p); }
        catch (IllegalStateException e) { return Real.make(type, p, Real.named("scala.collection.immutable.Set$") == null ? null : Real.call(Real.module("scala.collection.immutable.Set"), "empty")); }
    }

    Object logConfig(Class<?> type) { return logConfig(type, settings); }

    /** The constructor with most parameters, filled by type. */
    Object make(Class<?> type, Object... preferred) {
        Constructor<?> best = null;
        for (Constructor<?> c : type.getConstructors()) if (best == null || c.getParameterCount() > best.getParameterCount()) best = c;
        Object[] arguments = new Object[best.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) arguments[i] = fill(best.getParameterTypes()[i], preferred);
        return Real.make(type, arguments);
    }

    void open() {
        Executable maker = null;
        for (Method m : TYPE.getDeclaredMethods())
            if ((m.getName().equals("apply") || m.getName().equals("create")) && Modifier.isStatic(m.getModifiers()) && (maker == null || m.getParameterCount() > maker.getParameterCount())) maker = m;
        if (maker == null || maker.getParameterCount() < 8) for (Constructor<?> c : TYPE.getConstructors()) maker = c;
        Object[] arguments = new Object[maker.getParameterCount()];
        int longs = 0;
        for (int i = 0; i < arguments.length; i++) {
            Class<?> t = maker.getParameterTypes()[i];
            arguments[i] = t == long.class ? (Object) (longs++ == 0 ? startsAt : recoveryPoint) : fill(t);
        }
        maker.setAccessible(true);
        log = maker instanceof Method ? Real.invoke((Method) maker, null, arguments) : Real.make(TYPE, arguments);
    }

    void reopen() {
        recoveryPoint = endOffset();
        startsAt = (Long) Real.call(log, "logStartOffset");
        Real.call(log, "close");
        try { new File(parent, ".kafka_cleanshutdown").createNewFile(); } catch (java.io.IOException e) { throw new IllegalStateException(e); }
        open();
    }

    long endOffset() { return (Long) Real.call(log, "logEndOffset"); }

    /** Answers what the version tells of the append; `firstOffset` reads it. */
    Object append(MemoryRecords records, boolean client) {
        Method m = null;
        for (Method each : Real.methods(TYPE, "appendAsLeader")) if (m == null || each.getParameterCount() > m.getParameterCount()) m = each;
        Class<?>[] types = m.getParameterTypes();
        Object[] arguments = new Object[types.length];
        arguments[0] = records;
        arguments[1] = 0;
        for (int i = 2; i < types.length; i++) {
            if (types[i] == boolean.class) arguments[i] = client;
            else if (types[i].getSimpleName().startsWith("AppendOrigin")) arguments[i] = origin(types[i], client);
            else arguments[i] = fill(types[i]);
        }
        return Real.invoke(m, log, arguments);
    }

    static Object origin(Class<?> type, boolean client) {
        if (type.isEnum()) for (Object each : type.getEnumConstants()) if (each.toString().equals(client ? "CLIENT" : "COORDINATOR")) return each;
        return Real.module("kafka.log.AppendOrigin$" + (client ? "Client" : "Coordinator"));
    }

    void appendAsFollower(MemoryRecords records) {
        Method m = Real.methods(TYPE, "appendAsFollower").get(0);
        if (m.getParameterCount() == 1) Real.invoke(m, log, records); else Real.invoke(m, log, records, 0);
    }

    /** The base offset that an append was given, or that a duplicate has. */
    static Long firstOffset(Object appendInfo) {
        Object o = Real.call(appendInfo, "firstOffset");
        if (o instanceof Optional) o = ((Optional<?>) o).orElse(null);
        else if (o.getClass().getName().startsWith("scala.")) o = Real.call(o, "get");
        if (o instanceof Long) return (Long) o;
        try { return (Long) Real.call(o, "messageOffset"); }
        catch (IllegalStateException e) { try { return (Long) o.getClass().getField("messageOffset").get(o); } catch (ReflectiveOperationException x) { throw new IllegalStateException(x); } }
    }

    void highWatermarkTo(long offset) {
        Method m = Real.method(TYPE, "onHighWatermarkIncremented", 1);
        if (m != null) Real.invoke(m, log, offset);
        else for (Method each : Real.methods(TYPE, "updateHighWatermark")) if (each.getParameterTypes()[0] == long.class) { Real.invoke(each, log, offset); break; }
    }

    void logStartTo(long offset) {
        Method m = Real.methods(TYPE, "maybeIncrementLogStartOffset").get(0);
        if (m.getParameterCount() == 1) Real.invoke(m, log, offset); else Real.invoke(m, log, offset, fill(m.getParameterTypes()[1]));
    }

    void roll() {
        for (Method m : Real.methods(TYPE, "roll")) {
            if (m.getParameterCount() == 0) { Real.invoke(m, log); return; }
            Class<?> t = m.getParameterTypes()[0];
            if (m.getParameterCount() == 1) { Real.invoke(m, log, t == long.class ? (Object) 0L : fill(t)); return; }
        }
        throw new IllegalStateException("no roll");
    }

    void truncateTo(long offset) { Real.call(log, "truncateTo", offset); }

    /** null: the version's log tells none. To 2.3 it is the first unstable offset, where there is one. */
    Long lastStableOffset() {
        if (Real.method(TYPE, "lastStableOffset", 0) != null) return (Long) Real.call(log, "lastStableOffset");
        Object option = Real.call(log, "firstUnstableOffset");
        if ((Boolean) Real.call(option, "isEmpty")) return null;
        return (Long) Real.call(Real.call(option, "get"), "messageOffset");
    }

    static MemoryRecords records(long baseOffset, long producerId, short epoch, int sequence, boolean transactional, long timestamp, String[][] pairs) {
        Class<?> compression = Real.named("org.apache.kafka.common.compress.Compression");
        Object none = compression == null ? CompressionType.NONE : constant(compression, "NONE");
        Object[] arguments = {ByteBuffer.allocate(1024 + 200 * pairs.length), (byte) 2, none, TimestampType.CREATE_TIME, baseOffset, timestamp, producerId, epoch, sequence, transactional, 0};
        MemoryRecordsBuilder builder = null;
        for (Method m : Real.methods(MemoryRecords.class, "builder")) {
            Class<?>[] t = m.getParameterTypes();
            if (t.length == 11 && t[6] == long.class && t[7] == short.class && t[9] == boolean.class && t[10] == int.class && t[2].isInstance(none)) { builder = (MemoryRecordsBuilder) Real.invoke(m, null, arguments); break; }
        }
        for (String[] pair : pairs) builder.append(timestamp, pair[0] == null ? null : pair[0].getBytes(), pair[1] == null ? null : pair[1].getBytes());
        return builder.build();
    }

    static String[][] plain(int count) {
        String[][] all = new String[count][];
        for (int i = 0; i < count; i++) all[i] = new String[] {"k", "v"};
        return all;
    }
}

import java.io.File;
import java.lang.reflect.*;
import java.util.*;
import java.util.function.*;

/** Reflection helpers shared by the drivers: one source compiles and runs against every version. */
final class Real {
    static Class<?> named(String... names) {
        for (String name : names) try { return Class.forName(name); } catch (ClassNotFoundException e) { /* another version's */ }
        return null;
    }

    static List<Method> methods(Class<?> of, String name) {
        List<Method> found = new ArrayList<>();
        for (Class<?> c = of; c != null; c = c.getSuperclass())
            for (Method m : c.getDeclaredMethods()) if (m.getName().equals(name) && !m.isBridge()) { m.setAccessible(true); found.add(m); }
        for (Method m : of.getMethods()) if (m.getName().equals(name) && !m.isBridge()) { try { m.setAccessible(true); } catch (RuntimeException e) { /* of the JDK */ } found.add(m); }
        return found;
    }

    static Method method(Class<?> of, String name, int parameters) {
        for (Method m : methods(of, name)) if (m.getParameterCount() == parameters) return m;
        return null;
    }

    /** Calls the method of that name and number of arguments; an exception of it is thrown as it is. */
    static Object call(Object on, String name, Object... arguments) {
        Method m = method(on.getClass(), name, arguments.length);
        if (m == null) throw new IllegalStateException(on.getClass() + " has no " + name + "/" + arguments.length);
        return invoke(m, on, arguments);
    }

    static Object invoke(Method m, Object on, Object... arguments) {
        try { return m.invoke(on, arguments); }
        catch (InvocationTargetException e) { throw sneaky(e.getCause()); }
        catch (IllegalAccessException | IllegalArgumentException e) { throw new IllegalStateException(m + " " + Arrays.toString(arguments), e); }
    }

    @SuppressWarnings("unchecked")
    static <T extends Throwable> RuntimeException sneaky(Throwable t) throws T { throw (T) t; }

    static Object make(Class<?> c, Object... arguments) {
        for (Constructor<?> k : c.getDeclaredConstructors()) {
            if (k.getParameterCount() != arguments.length) continue;
            k.setAccessible(true);
            try { return k.newInstance(arguments); }
            catch (IllegalArgumentException e) { /* the next one */ }
            catch (InvocationTargetException e) { throw sneaky(e.getCause()); }
            catch (ReflectiveOperationException e) { throw new IllegalStateException(e); }
        }
        throw new IllegalStateException("no constructor of " + c + " for " + Arrays.toString(arguments));
    }

    /** `C$.MODULE$` of a Scala object. */
    static Object module(String name) {
        try { return Class.forName(name + "$").getField("MODULE$").get(null); } catch (ReflectiveOperationException e) { return null; }
    }

    /** An implementation of an interface by method name; Scala's functions are asked by `apply` and its specialised names. */
    static Object proxy(Class<?> of, BiFunction<String, Object[], Object> answer) {
        return Proxy.newProxyInstance(Real.class.getClassLoader(), new Class<?>[] {of}, (self, m, arguments) -> {
            switch (m.getName()) {
                case "hashCode": return System.identityHashCode(self);
                case "equals": return self == arguments[0];
                case "toString": return "proxy of " + of;
                default: return answer.apply(m.getName(), arguments);
            }
        });
    }

    static Object function0(Supplier<Object> value) { return proxy(named("scala.Function0"), (name, arguments) -> value.get()); }

    /** An empty Scala list, and one of given elements. */
    static Object scalaList(Object... elements) {
        Object list = module("scala.collection.immutable.Nil");
        Class<?> cons = named("scala.collection.immutable.$colon$colon");
        for (int i = elements.length - 1; i >= 0; i--) list = make(cons, elements[i], list);
        return list;
    }

    /** The elements of a Scala or Java collection. */
    static List<Object> elements(Object collection) {
        List<Object> all = new ArrayList<>();
        if (collection instanceof Iterable) { for (Object each : (Iterable<?>) collection) all.add(each); return all; }
        Object iterator = call(collection, "iterator");
        while ((Boolean) invoke(method(named("scala.collection.Iterator"), "hasNext", 0), iterator)) all.add(invoke(method(named("scala.collection.Iterator"), "next", 0), iterator));
        return all;
    }

    static File temporary() {
        try { File dir = java.nio.file.Files.createTempDirectory("oracle").toFile(); return dir; } catch (java.io.IOException e) { throw new IllegalStateException(e); }
    }

    static void delete(File f) {
        File[] inside = f.listFiles();
        if (inside != null) for (File each : inside) delete(each);
        f.delete();
    }
}

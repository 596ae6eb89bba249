package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dsa.DsaDataMover;
import io.github.vdm4j.dsa.Finding;
import io.github.vdm4j.future.CompletionQueue;
import io.github.vdm4j.future.FutureChain;
import io.github.vdm4j.future.FutureRuntime;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.PollTask;
import io.github.vdm4j.future.PollableFuture;
import io.github.vdm4j.mover.DataMovers;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.mover.ThreadsDataMover;
import io.github.vdm4j.operation.Crc32c;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifTags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Passes null for each reference parameter of the public API in turn, and for an element of each
 * array and collection. Every call throws a NullPointerException that names the parameter and, for
 * an element, its index.
 */
class NullArgumentsTest {
    /** Parameters that take null. The javadoc of each parameter states this. */
    private static final Set<String> NULLABLE =
            Set.of("completed output", "output value", "hasProperty property",
                    "fail status", "fail cause", "attach object", "withoutCallbacks earlier",
                    "part to", "part from", "part second",
                    "part options");

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment segment = arena.allocate(128, 64);
    private final OffHeapBuffer buffer = OffHeapBuffer.allocate(64);

    /** The objects of the called methods. */
    private List<Object> receivers(List<AbstractDataMover> movers) {
        var receivers = new ArrayList<Object>();
        for (AbstractDataMover mover : movers) {
            receivers.add(mover);
            receivers.add(mover.newOperation());
            receivers.add(mover.newOperation().crc32c(segment, CrcOptions.STANDARD));
            receivers.add(mover.batch());
            receivers.add(mover.memset(segment, (byte) 1));
            receivers.add(mover.nop());
        }
        receivers.add(new FutureRuntime());
        receivers.add(FutureChain.of(PollableFuture.completed(1)));
        receivers.add(PollableFuture.completed(1));
        PollTask<Integer> task = (notifier, sink) -> FutureState.COMPLETE;
        receivers.add(task.toFuture());
        receivers.add(Notifier.none());
        receivers.add(Notifier.of(() -> {
        }));
        receivers.add(ThreadsDataMover.builder());
        receivers.add(DmlDataMover.builder());
        receivers.add(DsaDataMover.builder());
        receivers.add(SyncDataMover.builder());
        receivers.add(DataMovers.builder());
        receivers.add(OffHeapBuffer.allocator());
        receivers.add(new CompletionQueue<Object>());
        receivers.add(VdmFlags.NONE);
        receivers.add(CrcOptions.STANDARD);
        receivers.add(DifConfig.of(DifBlockSize.values()[0]));
        receivers.add(new BatchResult(List.of()));
        receivers.add(buffer);
        return receivers;
    }

    private List<AbstractDataMover> movers() {
        var movers = new ArrayList<AbstractDataMover>();
        movers.add(SyncDataMover.open());
        movers.add(ThreadsDataMover.builder().threads(1).open());
        if (DmlLibrary.whyUnavailable().isEmpty()) {
            movers.add(DmlDataMover.open(DmlPath.SOFTWARE));
        }
        return movers;
    }

    private Object valueOf(Class<?> type) {
        if (type == MemorySegment.class) {
            return segment;
        } else if (type == VdmFlags.class) {
            return VdmFlags.NONE;
        } else if (type == boolean.class) {
            return true;
        } else if (type == byte.class) {
            return (byte) 1;
        } else if (type == int.class) {
            return 1;
        } else if (type == long.class) {
            return 1L;
        } else if (type == String.class) {
            return "text";
        } else if (type == Path.class) {
            return Path.of("no such file");
        } else if (type == Duration.class) {
            return Duration.ofSeconds(1);
        } else if (type == Class.class) {
            return Object.class;
        } else if (type == Throwable.class) {
            return new IllegalStateException();
        } else if (type == CrcOptions.class) {
            return CrcOptions.STANDARD;
        } else if (type == Crc32c.class) {
            return new Crc32c(1);
        } else if (type == DifConfig.class) {
            return DifConfig.of(DifBlockSize.values()[0]);
        } else if (type == Finding.class) {
            return new Finding(Finding.Severity.BLOCK, "what", "remedy");
        } else if (type == DifTags.class) {
            return DifTags.ZERO;
        } else if (type == PollableFuture.class) {
            return PollableFuture.completed(1);
        } else if (type == Notifier.class) {
            return Notifier.none();
        } else if (type == Collection.class || type == List.class) {
            return List.of();
        } else if (type == Set.class) {
            return Set.of();
        } else if (type.isEnum()) {
            return type.getEnumConstants()[0];
        } else if (type.isArray()) {
            return Array.newInstance(type.componentType(), 0);
        } else if (type.isInterface()) {
            return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type},
                    (proxy, method, arguments) -> null);
        }
        return null;
    }

    private static Stream<Class<?>> publicTypes() {
        Set<String> exported = new TreeSet<>();
        for (Exports exports : NullArgumentsTest.class.getModule().getDescriptor().exports()) {
            exported.add(exports.source());
        }
        return new ClassFileImporter().withImportOption(new DoNotIncludeTests())
                .importPackages(exported)
                .stream()
                .filter(type -> exported.contains(type.getPackageName()))
                .map(JavaClass::reflect)
                .filter(NullArgumentsTest::isPublic);
    }

    private static boolean isPublic(Class<?> type) {
        return type == null || Modifier.isPublic(type.getModifiers())
                && isPublic(type.getEnclosingClass());
    }

    /** The library makes all other records, and all exceptions. Users read them. */
    private static boolean isMadeByUsers(Class<?> type) {
        return !Modifier.isAbstract(type.getModifiers())
                && !Throwable.class.isAssignableFrom(type)
                && (!type.isRecord() || type == DifConfig.class);
    }

    @Test
    void nullPointerExceptionNamesTheParameter() throws Exception {
        var wrong = new TreeSet<String>();
        List<AbstractDataMover> movers = movers();
        List<Object> receivers = receivers(movers);
        for (Class<?> type : publicTypes().toList()) {
            if (isMadeByUsers(type)) {
                for (var constructor : type.getConstructors()) {
                    passNulls(constructor, null, wrong);
                }
            }
            for (Method method : PublicApiTest.methodsOf(type).toList()) {
                if (!Modifier.isPublic(method.getModifiers()) || method.isSynthetic()
                        || method.getName().equals("equals")
                        || type.isEnum() && method.getName().equals("valueOf")) {
                    continue;
                }
                if (Modifier.isStatic(method.getModifiers())) {
                    passNulls(method, null, wrong);
                } else {
                    for (Object receiver : receivers) {
                        if (type.isInstance(receiver)) {
                            passNulls(method, receiver, wrong);
                        }
                    }
                }
            }
        }
        movers.forEach(AbstractDataMover::close);
        assertEquals("", String.join("\n", wrong));
    }

    private void passNulls(Executable called, Object receiver, Set<String> wrong)
            throws Exception {
        Parameter[] parameters = called.getParameters();
        for (int missing = 0; missing < parameters.length; missing++) {
            if (parameters[missing].getType().isPrimitive()) {
                continue;
            }
            String name = parameters[missing].getName();
            if (NULLABLE.contains(called.getName() + " " + name)) {
                continue;
            }
            pass(called, receiver, missing, null, name, wrong);
            Object withNull = withNullElement(parameters[missing]);
            if (withNull != null) {
                pass(called, receiver, missing, withNull, name + "[1]", wrong);
            }
        }
    }

    /** Calls with an argument whose exception must have a message. */
    private void pass(Executable called, Object receiver, int place, Object argument,
            String message, Set<String> wrong) throws Exception {
        Parameter[] parameters = called.getParameters();
        Object[] arguments = new Object[parameters.length];
        for (int i = 0; i < parameters.length; i++) {
            arguments[i] = i == place ? argument : valueOf(parameters[i].getType());
        }
        String seen;
        try {
            Object returned = called instanceof Method method
                    ? method.invoke(receiver, arguments)
                    : ((Constructor<?>) called).newInstance(arguments);
            seen = "returned " + returned;
        } catch (InvocationTargetException e) {
            seen = e.getCause() instanceof NullPointerException thrown
                    ? String.valueOf(thrown.getMessage())
                    : String.valueOf(e.getCause());
        }
        if (!seen.equals(message)) {
            wrong.add(called + ", " + message + ": " + seen);
        }
    }

    /** Returns an array or a collection of a value and null, or null for a different type. */
    private Object withNullElement(Parameter parameter) {
        Class<?> type = parameter.getType();
        if (type.isArray() && !type.componentType().isPrimitive()) {
            Object[] array = (Object[]) Array.newInstance(type.componentType(), 2);
            array[0] = valueOf(type.componentType());
            return array;
        } else if (Iterable.class.isAssignableFrom(type)
                && parameter.getParameterizedType() instanceof ParameterizedType full) {
            var elements = new ArrayList<Object>();
            elements.add(valueOf(rawType(full.getActualTypeArguments()[0])));
            elements.add(null);
            return type == Set.class ? new LinkedHashSet<>(elements) : elements;
        }
        return null;
    }

    private static Class<?> rawType(Type type) {
        return switch (type) {
            case Class<?> raw -> raw;
            case ParameterizedType full -> rawType(full.getRawType());
            case WildcardType any -> rawType(any.getUpperBounds()[0]);
            case TypeVariable<?> any -> rawType(any.getBounds()[0]);
            default -> throw new IllegalArgumentException(type.toString());
        };
    }
}

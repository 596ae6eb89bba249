package io.github.vdm4j;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Compares META-INF/native-image with the code. The test runs the static initialisers of every
 * class that makes native handles. A class loader redirects the calls of the linker to a recorder.
 */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class NativeImageMetadataTest {
    private static final String METADATA =
            "META-INF/native-image/io.github.vdm4j/vdm4j/reachability-metadata.json";
    private static final String LINKER = "java/lang/foreign/Linker";
    private static final String RECORDER = "io/github/vdm4j/NativeImageMetadataTest$Recorder";

    /** Records the calls of the linker. */
    public static final class Recorder {
        private static final Set<String> downcalls = new ConcurrentSkipListSet<>();
        private static final Set<String> sites = new ConcurrentSkipListSet<>();

        private Recorder() {}

        /** Replaces {@link Linker#downcallHandle(FunctionDescriptor, Linker.Option...)}. */
        public static MethodHandle downcallHandle(Linker linker, FunctionDescriptor descriptor,
                Linker.Option[] options, String site) {
            sites.add(site);
            downcalls.add(entry(descriptor, List.of(options)));
            return linker.downcallHandle(descriptor, options);
        }

        /** Replaces the method of the linker that binds an address. */
        public static MethodHandle downcallHandle(Linker linker, MemorySegment address,
                FunctionDescriptor descriptor, Linker.Option[] options, String site) {
            sites.add(site);
            downcalls.add(entry(descriptor, List.of(options)));
            return linker.downcallHandle(address, descriptor, options);
        }

        /** Replaces a restricted method. Classes of another loader may not call it. */
        public static SymbolLookup libraryLookup(String name, Arena arena) {
            return SymbolLookup.libraryLookup(name, arena);
        }

        /** Replaces a restricted method. Classes of another loader may not call it. */
        public static AddressLayout withTargetLayout(AddressLayout pointer, MemoryLayout target) {
            return pointer.withTargetLayout(target);
        }

        /**
         * Replaces {@link Module#isNativeAccessEnabled()}, because the library makes handles only
         * after this check.
         */
        public static boolean isNativeAccessEnabled(Module module) {
            return true;
        }
    }

    /** An entry of the metadata, in the form of the file. */
    private static String entry(FunctionDescriptor descriptor, List<Linker.Option> options) {
        String text = "{\"returnType\": \"%s\", \"parameterTypes\": [%s]".formatted(
                descriptor.returnLayout().map(NativeImageMetadataTest::type).orElse("void"),
                descriptor.argumentLayouts()
                        .stream()
                        .map(layout -> '"' + type(layout) + '"')
                        .collect(joining(", ")));
        return options.isEmpty() ? text + "}"
                : text + options.stream()
                        .map(NativeImageMetadataTest::option)
                        .sorted()
                        .collect(joining(", ", ", \"options\": {", "}}"));
    }

    private static String type(MemoryLayout layout) {
        if (layout instanceof AddressLayout) {
            return "void*";
        }
        return "j" + ((ValueLayout) layout).carrier();
    }

    private static String option(Linker.Option option) {
        if (option.equals(Linker.Option.captureCallState("errno"))) {
            return "\"captureCallState\": true";
        }
        for (boolean heap : new boolean[]{true, false}) {
            if (option.equals(Linker.Option.critical(heap))) {
                return "\"critical\": {\"allowHeapAccess\": " + heap + "}";
            }
        }
        int index = IntStream.range(0, 10)
                .filter(i -> option.equals(Linker.Option.firstVariadicArg(i)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("unknown option " + option));
        return "\"firstVariadicArg\": " + index;
    }

    /** Defines the classes of the library again, with the calls of the linker redirected. */
    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> classes = new TreeMap<>();
        /** Top-level classes. */
        private final Set<String> withHandles = new TreeSet<>();
        private final Set<String> allSites = new TreeSet<>();
        private final Set<String> upcalls = new TreeSet<>();

        Loader(Path folder) throws IOException {
            super(NativeImageMetadataTest.class.getClassLoader());
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(name -> name.toString().endsWith(".class"))
                        .filter(name -> !name.endsWith("module-info.class"))
                        .toList()) {
                    String name = folder.relativize(file)
                            .toString()
                            .replaceAll("\\.class$", "")
                            .replace('/', '.');
                    classes.put(name, redirect(name, Files.readAllBytes(file)));
                }
            }
        }

        private byte[] redirect(String name, byte[] bytes) {
            var reader = new ClassReader(bytes);
            var writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
            reader.accept(new ClassVisitor(Opcodes.ASM9, writer) {
                @Override
                public MethodVisitor visitMethod(int access, String method, String descriptor,
                        String signature, String[] exceptions) {
                    return new Redirection(super.visitMethod(access, method, descriptor, signature,
                            exceptions), name);
                }
            }, 0);
            return writer.toByteArray();
        }

        private final class Redirection extends MethodVisitor {
            private final String name;

            Redirection(MethodVisitor next, String name) {
                super(Opcodes.ASM9, next);
                this.name = name;
            }

            @Override
            public void visitMethodInsn(int opcode, String owner, String method, String descriptor,
                    boolean isInterface) {
                if (owner.equals("java/lang/Module") && method.equals("isNativeAccessEnabled")) {
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, RECORDER, method,
                            "(Ljava/lang/Module;)Z", false);
                } else if (method.equals("libraryLookup")
                        && descriptor.startsWith("(Ljava/lang/String;")) {
                    super.visitMethodInsn(opcode, RECORDER, method, descriptor, false);
                } else if (method.equals("withTargetLayout")) {
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, RECORDER, method,
                            descriptor.replace("(", "(L" + owner + ";"), false);
                } else if (owner.equals(LINKER) && method.equals("downcallHandle")) {
                    String site = name + " " + allSites.size();
                    // jextract generates a handle for each function. The library does not use these
                    // handles.
                    if (!name.contains(".ffi.")) {
                        allSites.add(site);
                        withHandles.add(name.replaceAll("\\$.*", ""));
                    }
                    super.visitLdcInsn(site);
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, RECORDER, method,
                            descriptor.replace("(", "(L" + LINKER + ";")
                                    .replace(")",
                                            "Ljava/lang/String;)"),
                            false);
                } else {
                    if (owner.equals(LINKER) && method.equals("upcallStub")) {
                        upcalls.add(name);
                    }
                    super.visitMethodInsn(opcode, owner, method, descriptor, isInterface);
                }
            }
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                byte[] bytes = classes.get(name);
                Class<?> known = findLoadedClass(name);
                return known != null ? known
                        : bytes == null ? super.loadClass(name, resolve)
                                : defineClass(name, bytes, 0, bytes.length);
            }
        }
    }

    private static Path classes() {
        try {
            return Path.of(Vdm.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> metadata() {
        try {
            return Files.readAllLines(classes().resolve(METADATA))
                    .stream()
                    .map(String::strip)
                    .map(line -> line.replaceAll(",$", ""))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void listsExactlyTheDowncalls() throws Exception {
        Loader loader = new Loader(classes());
        for (String name : loader.classes.keySet()) {
            if (loader.withHandles.contains(name.replaceAll("\\$.*", ""))) {
                makeHandles(Class.forName(name, true, loader));
            }
        }
        assertTrue(Recorder.sites.containsAll(loader.allSites),
                () -> "this test sees handles that static initialisers and static methods without "
                        + "parameters make. It did not see all of " + loader.allSites + ", only "
                        + Recorder.sites);
        String expected = String.join(",\n      ", Recorder.downcalls);
        String actual = metadata().stream()
                .filter(line -> line.startsWith("{\"returnType\""))
                .sorted()
                .collect(joining(",\n      "));
        assertEquals(expected, actual, METADATA + " must list the handles of the library");
    }

    /** Calls the methods that create a handle at its first use. */
    private static void makeHandles(Class<?> type) throws ReflectiveOperationException {
        for (Method method : type.getDeclaredMethods()) {
            if (Modifier.isStatic(method.getModifiers()) && method.getParameterCount() == 0
                    && method.getReturnType() == MethodHandle.class) {
                method.setAccessible(true);
                method.invoke(null);
            }
        }
    }

    @Test
    void thereAreNoUpcalls() throws IOException {
        assertEquals(Set.of(), new Loader(classes()).upcalls,
                METADATA + " has no upcalls: add the section for these classes and a check here");
    }

    @Test
    void listsEveryResource() throws IOException {
        try (Stream<Path> files = Files.walk(classes().resolve("META-INF"))) {
            List<String> expected = files.filter(Files::isRegularFile)
                    .map(file -> classes().relativize(file).toString())
                    .filter(name -> !name.startsWith("META-INF/native-image/")
                            && !name.equals("META-INF/LICENSE")) // No code reads these files.
                    .map("{\"glob\": \"%s\"}"::formatted)
                    .sorted()
                    .toList();
            assertEquals(expected, metadata().stream()
                    .filter(line -> line.startsWith("{\"glob\""))
                    .sorted()
                    .toList());
        }
    }
}

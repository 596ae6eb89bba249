package io.github.vdm4j.memory;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.github.vdm4j.machine.LibC;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.function.UnaryOperator;

/**
 * The engine that calls the JDK's {@code force()} if the call is safe. On a mapping with MAP_SYNC,
 * {@code force()} calls a stub that only the C2 compiler generates. If that compiler is off, the
 * call crashes the JVM (H27).
 */
final class JdkPageWriteBack implements PageWriteBack {
    /** Reads the JVM's options at the first use, because the management interface starts slowly. */
    private static final class Compiler {
        static final String WHY_NOT = whyNot();

        private static String whyNot() {
            var options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            if (options == null) {
                return null; // only HotSpot has the bug
            }
            return JdkPageWriteBack.whyNot(name -> option(options, name));
        }

        private static String option(HotSpotDiagnosticMXBean options, String name) {
            try {
                return options.getVMOption(name).getValue();
            } catch (IllegalArgumentException e) {
                return null; // the option is missing or locked
            }
        }
    }

    /** Returns why MAP_SYNC mappings cannot be forced, or null. An option may be null. */
    static String whyNot(UnaryOperator<String> options) {
        // This diagnostic option is true by default. The JVM shows its value only with
        // -XX:+UnlockDiagnosticVMOptions.
        if ("false".equals(options.apply("DelayCompilerStubsGeneration"))) {
            return null; // the JVM generates the stub at its start
        }
        String level = options.apply("TieredStopAtLevel");
        boolean on =
                !"false".equals(options.apply("UseCompiler"))
                        && !"true".equals(options.apply("UseInterpreterOnly"))
                        && (level == null || level.equals("4"))
                        && !"quick-only".equals(options.apply("CompilationMode"));
        return on
                ? null
                : "the JVM runs without its C2 compiler (-Xint, or TieredStopAtLevel below 4), and"
                        + " force() of persistent memory crashes such a JVM. Start Java without"
                        + " that option, add -XX:+UnlockDiagnosticVMOptions"
                        + " -XX:-DelayCompilerStubsGeneration, or install libpmem.so.1.";
    }

    /** Returns why a mapping with MAP_SYNC cannot be forced here, or null. */
    static String whyNotOnPersistentMemory() {
        return Compiler.WHY_NOT;
    }

    @Override
    public void writeBack(MemorySegment range) throws IOException {
        if (!range.isMapped()) {
            LibC.msync(range); // The JDK treats a reinterpreted mapping like plain memory.
            return;
        }
        try {
            range.force();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}

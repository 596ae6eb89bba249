package io.github.vdm4j.memory;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.github.vdm4j.machine.LibC;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.function.UnaryOperator;

/**
 * The JDK's {@code force()}, kept from crashing: on a mapping with MAP_SYNC it calls a stub that
 * only the C2 compiler generates, and jumps to nowhere when that compiler is off (H27).
 */
final class JdkPageWriteBack implements PageWriteBack {
    private static final long PAGE = 4096;

    /** Asked once, when it is first needed: the management interface takes its time to start. */
    private static final class Compiler {
        static final String WHY_NOT = whyNot();

        private static String whyNot() {
            var options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            if (options == null) {
                return null; // not HotSpot, so not its bug
            }
            return JdkPageWriteBack.whyNot(name -> option(options, name));
        }

        private static String option(HotSpotDiagnosticMXBean options, String name) {
            try {
                return options.getVMOption(name).getValue();
            } catch (IllegalArgumentException e) {
                return null; // there is none of that name, or it is a locked one
            }
        }
    }

    /**
     * The decision alone.
     *
     * @param options what the JVM says of an option, null for one that it does not tell of
     * @return why a mapping with MAP_SYNC cannot be forced, or null if it can
     */
    static String whyNot(UnaryOperator<String> options) {
        // A diagnostic option: the JVM tells its value only where -XX:+UnlockDiagnosticVMOptions is
        // given, and true is the default.
        if ("false".equals(options.apply("DelayCompilerStubsGeneration"))) {
            return null; // the stub is there from the start
        }
        String level = options.apply("TieredStopAtLevel");
        boolean on =
                !"false".equals(options.apply("UseCompiler"))
                        && !"true".equals(options.apply("UseInterpreterOnly"))
                        && (level == null || level.equals("4"))
                        && !"quick-only".equals(options.apply("CompilationMode"));
        return on
                ? null
                : "the JVM runs without its C2 compiler (-Xint, or TieredStopAtLevel below 4), and then force() of persistent"
                        + " memory crashes it; start Java without that option, add -XX:+UnlockDiagnosticVMOptions"
                        + " -XX:-DelayCompilerStubsGeneration, or install libpmem.so.1";
    }

    /** Why a mapping with MAP_SYNC cannot be forced here, or null if it can. */
    static String whyNotOnPersistentMemory() {
        return Compiler.WHY_NOT;
    }

    @Override
    public void writeBack(MemorySegment range) throws IOException {
        if (!range.isMapped()) {
            sync(range);
            return;
        }
        try {
            range.force();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** A mapping that was reinterpreted, which the JDK takes for plain memory. */
    private static void sync(MemorySegment range) throws IOException {
        long start = range.address() & -PAGE;
        try {
            LibC.msync(start, range.address() + range.byteSize() - start);
        } catch (LibC.CallFailedException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}

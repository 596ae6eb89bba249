package io.github.vdm4j.dax;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A counter of the cache-flush and fence instructions that this JVM executes. The emulator counts
 * them with scripts/dax-guest/flushcount.c. A marker instruction takes a snapshot. The guest reads
 * it from a disk.
 *
 * <p>The JVM flushes lines when it changes code. The counter assumes that every flush before its
 * opening came from this code, and leaves its instructions out. Open the counter before the first
 * durable operation.
 */
final class FlushCounter {
    private static final Path COUNTS = Path.of("/dev/vdd");
    private static final int HALF = 64 * 1024;
    private static final int PAGE = 4096;

    /** nopl MARKER(%rax); ret. */
    private static final byte[] CODE = {0x0f, 0x1f, (byte) 0x80, 'V', 'D', 'M', '4', (byte) 0xc3};

    private static final int READ_WRITE_EXECUTE = 7;
    private static final int PRIVATE_ANONYMOUS = 0x22;

    private final MethodHandle marker;
    private final Set<String> ofTheJvm = new HashSet<>();
    private long snapshots;

    /** The counts between two snapshots, by kind of instruction. */
    record Counts(Map<String, Long> byKind) {
        long of(String kind) {
            return byKind.getOrDefault(kind, 0L);
        }

        long lines() {
            return of("clwb") + of("clflushopt") + of("clflush");
        }

        long fences() {
            return of("sfence") + of("mfence");
        }

        @Override
        public String toString() {
            return byKind.toString();
        }
    }

    private FlushCounter(MethodHandle marker) {
        this.marker = marker;
    }

    static boolean isThere() {
        return Files.exists(COUNTS);
    }

    static FlushCounter open() {
        Linker linker = Linker.nativeLinker();
        MethodHandle mmap =
                linker.downcallHandle(
                        linker.defaultLookup().find("mmap").orElseThrow(),
                        FunctionDescriptor.of(
                                ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
                                JAVA_LONG));
        try {
            var page =
                    (MemorySegment) mmap.invokeExact(0L, (long) PAGE, READ_WRITE_EXECUTE,
                            PRIVATE_ANONYMOUS, -1, 0L);
            MemorySegment code = page.reinterpret(PAGE).copyFrom(MemorySegment.ofArray(CODE));
            var counter =
                    new FlushCounter(linker.downcallHandle(code, FunctionDescriptor.ofVoid()));
            counter.mark();
            counter.snapshots = latest();
            counter.ofTheJvm.addAll(counter.read(counter.snapshots).keySet());
            return counter;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Counts the instructions of all threads during an action. */
    Counts count(Runnable something) {
        mark();
        something.run();
        mark();
        snapshots += 2;
        Map<String, Long> before = read(snapshots - 1);
        var byKind = new TreeMap<String, Long>();
        read(snapshots)
                .forEach(
                        (site, count) -> {
                            long more = count - before.getOrDefault(site, 0L);
                            if (more > 0 && !ofTheJvm.contains(site)) {
                                byKind.merge(site.substring(site.indexOf(' ') + 1), more,
                                        Long::sum);
                            }
                        });
        return new Counts(byKind);
    }

    private void mark() {
        try {
            marker.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the number of the last snapshot. An earlier JVM may have taken it. */
    private static long latest() {
        return Math.max(number(text(0)), number(text(1)));
    }

    private static long number(String text) {
        return Long.parseLong(text.substring("snapshot ".length(), text.indexOf('\n')));
    }

    /** Returns the counts by address and kind. */
    private Map<String, Long> read(long number) {
        String text = text(number % 2);
        int end = text.indexOf("end " + number + "\n");
        if (end < 0) {
            throw new AssertionError("snapshot %d is not there, but %.60s".formatted(number, text));
        }
        var counts = new HashMap<String, Long>();
        text.substring(0, end)
                .lines()
                .skip(1)
                .forEach(
                        line -> {
                            int blank = line.lastIndexOf(' ');
                            counts.put(line.substring(0, blank),
                                    Long.valueOf(line.substring(blank + 1)));
                        });
        return counts;
    }

    /**
     * Returns ExtendedOpenOption.DIRECT. This module does not require its module.
     */
    private static OpenOption direct() {
        try {
            return Arrays
                    .stream(Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants())
                    .map(OpenOption.class::cast)
                    .filter(option -> option.toString().equals("DIRECT"))
                    .findFirst()
                    .orElseThrow();
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Returns a half of the disk up to its end mark. The read bypasses the guest's page cache,
     * because the emulator changes the disk.
     */
    private static String text(long half) {
        ByteBuffer page = ByteBuffer.allocateDirect(2 * PAGE).alignedSlice(PAGE);
        var bytes = new byte[PAGE];
        var text = new StringBuilder();
        try (FileChannel disk = FileChannel.open(COUNTS, StandardOpenOption.READ, direct())) {
            for (int at = 0; at < HALF && !text.toString().endsWith("\n\n"); at += PAGE) {
                page.clear().limit(PAGE);
                disk.read(page, half * HALF + at);
                page.flip().get(bytes, 0, page.limit());
                text.append(new String(bytes, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // An empty half precedes the first snapshot.
        return text.charAt(0) == 0 ? "snapshot 0\nend 0\n" : text.toString();
    }
}

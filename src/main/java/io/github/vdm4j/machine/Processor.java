package io.github.vdm4j.machine;

import java.io.BufferedReader;
import java.io.FileReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;

/** The processor's features, read from {@code /proc/cpuinfo} and CPUID, and its largest cache. */
public final class Processor {
    private static final String FLAGS = "flags";

    private static final long USUAL_CACHE = 32 << 20;

    private static final int CPUID_LEAF_7 = 1;

    /** The bits of AVX-512 F, DQ, CD, BW and VL in EBX. */
    private static final int CPUID_AVX512 = 1 << 16 | 1 << 17 | 1 << 28 | 1 << 30 | 1 << 31;

    private static final Set<String> OF_THIS_MACHINE = flags(Path.of("/proc/cpuinfo"));

    private Processor() {}

    /** Returns whether /proc/cpuinfo shows that cache lines are written back without eviction. */
    public static boolean hasClwb() {
        return flags().contains("clwb");
    }

    /**
     * Returns the feature flags of this machine's processor. Linux omits features that the
     * operating system has not enabled (XSAVE). The set is empty if {@code /proc/cpuinfo} cannot be
     * read.
     */
    public static Set<String> flags() {
        return OF_THIS_MACHINE;
    }

    /** Returns the bytes of the largest cache, or 32 MiB if the kernel does not report it. */
    public static long largestCache() {
        return largestCache(Path.of("/sys/devices/system/cpu/cpu0/cache"));
    }

    static long largestCache(Path caches) {
        long largest = 0;
        for (Path cache : SystemFiles.list(caches, name -> name.startsWith("index"))) {
            String size = SystemFiles.text(cache.resolve("size"));
            if (size != null && size.matches("[0-9]{1,9}K")) {
                largest = Math.max(largest, Long.parseLong(size, 0, size.length() - 1, 10) << 10);
            }
        }
        return largest == 0 ? USUAL_CACHE : largest;
    }

    /**
     * Returns whether the CPUID instruction shows AVX-512 F, DQ, CD, BW and VL. CPUID shows them
     * also if the operating system has not enabled them, for example with {@code
     * clearcpuid=avx512f}. A program that uses them then dies of SIGILL. Returns false if the C
     * library lacks this function (before glibc 2.33).
     */
    public static boolean cpuidShowsAvx512() {
        SymbolLookup libC = DynamicLoader.libC();
        Optional<MemorySegment> function = libC == null
                ? Optional.empty()
                // const struct cpuid_feature *__x86_get_cpuid_feature_leaf(unsigned leaf)
                : libC.find("__x86_get_cpuid_feature_leaf");
        if (function.isEmpty()) {
            return false;
        }
        long registers = PlainCall.call(function.get(), CPUID_LEAF_7, 0);
        int ebx = MemorySegment.ofAddress(registers)
                .reinterpret(2 * Integer.BYTES)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .getInt(Integer.BYTES);
        return (ebx & CPUID_AVX512) == CPUID_AVX512;
    }

    public static Set<String> flags(Path cpuinfo) {
        // Every opening of a mover runs this. This code avoids streams and regular expressions,
        // because they are slow at their first use in a JVM. It stops at the first flags, because
        // Linux generates the text during the read.
        try (var lines = new BufferedReader(
                new FileReader(cpuinfo.toFile(), StandardCharsets.ISO_8859_1))) {
            String line = lines.readLine();
            while (line != null && !line.startsWith(FLAGS)) {
                line = lines.readLine();
            }
            var words = new HashSet<String>();
            if (line != null) {
                var word = new StringTokenizer(line.substring(line.indexOf(':') + 1));
                while (word.hasMoreTokens()) {
                    words.add(word.nextToken());
                }
            }
            return Set.copyOf(words);
        } catch (IOException | RuntimeException e) {
            return Set.of();
        }
    }
}

package io.github.vdm4j.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The comparison of mapped memory and of other memory. */
class MismatchKernelTest {
    private static final int MOST = 300;

    @Property
    void findsTheFirstByteThatDiffers(
            @ForAll @IntRange(max = 20) int from,
            @ForAll @IntRange(max = 20) int secondFrom,
            @ForAll @IntRange(max = 200) int length,
            @ForAll @IntRange(max = 250) int where,
            @ForAll byte difference)
            throws IOException {
        Path file = Files.createTempFile("mismatch", "");
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.READ, StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, MOST, arena);
            MemorySegment plain = arena.allocate(MOST);
            for (int i = 0; i < length; i++) {
                mapped.set(ValueLayout.JAVA_BYTE, from + i, (byte) i);
                plain.set(ValueLayout.JAVA_BYTE, secondFrom + i, (byte) i);
            }
            plain.set(ValueLayout.JAVA_BYTE, secondFrom + where,
                    (byte) (plain.get(ValueLayout.JAVA_BYTE, secondFrom + where) ^ difference));
            long expected = difference != 0 && where < length ? where : -1;
            assertEquals(expected, MismatchKernel.find(mapped, from, plain, secondFrom, length));
            assertEquals(expected, MismatchKernel.find(plain, secondFrom, mapped, from, length));
            MemorySegment copy = arena.allocate(MOST).copyFrom(mapped);
            assertEquals(expected, MismatchKernel.find(copy, from, plain, secondFrom, length));
        }
    }
}

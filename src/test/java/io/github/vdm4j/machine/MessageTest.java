package io.github.vdm4j.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.mover.SyncDataMover;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages with numbers. Programs and people search for their text. */
class MessageTest {
    private final Locale before = Locale.getDefault();

    @AfterEach
    void resetLocale() {
        Locale.setDefault(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de", "fr-CH", "ar-EG", "fa", "bn"})
    void messagesAreTheSameInEveryLocale(String locale) {
        Locale.setDefault(Locale.forLanguageTag(locale));
        assertEquals("a buffer of -1,234 bytes: the size must be 0 or more",
                assertThrows(IllegalArgumentException.class, () -> OffHeapBuffer.allocate(-1_234))
                        .getMessage());
        try (SyncDataMover mover = SyncDataMover.open()) {
            MemorySegment bytes = MemorySegment.ofArray(new byte[2_000]);
            assertEquals("memcpy: the destination has 2,000 bytes and the source 1,000: they must"
                    + " have the same size, see MemorySegment.asSlice",
                    assertThrows(IllegalArgumentException.class,
                            () -> mover.memcpy(bytes, bytes.asSlice(0, 1_000))).getMessage());
            assertEquals("fill of 2,000 bytes, IDLE", mover.fill(bytes, 1).toString());
        }
    }

    @Test
    void longListsEndWithTheRemainingNumber() {
        List<Integer> numbers = IntStream.range(0, 1_234).boxed().toList();
        assertEquals("", Message.list(List.of()));
        assertEquals("0", Message.list(numbers.subList(0, 1)));
        assertEquals("0; 1; 2; 3; 4; 5; 6; 7", Message.list(numbers.subList(0, 8)));
        assertEquals("0; 1; 2; 3; 4; 5; 6; 7 and 1,226 more", Message.list(numbers));
    }
}

package io.github.vdm4j.dsa.portal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.engine.channel.Descriptor;
import io.github.vdm4j.engine.channel.Opcode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The traits of a work queue")
class QueueTraitsTest {
    private static final long WAITS_AND_READS_BACK = 1 | 1 << 8;
    private static final long WRITES_DURABLY = 1 << 5;

    private static QueueTraits traits(long capabilities, boolean blocksOnFault) {
        return new QueueTraits("wq0.0", "dsa0", 0, capabilities, -1, 1 << 20, 16, 16,
                blocksOnFault, false);
    }

    /** A full queue leaves the flags of a batch's tasks as that queue obeys them. */
    @ParameterizedTest
    @ValueSource(ints = {0, QueueTraits.READ_BACK})
    void flagsOfAnotherQueueAreFittedAgain(int flags) {
        long head = Descriptor.head(Opcode.MEM_MOVE, flags);
        QueueTraits first = traits(WAITS_AND_READS_BACK, true);
        QueueTraits second = traits(WRITES_DURABLY, false);
        assertEquals(second.fit(head, true), second.fit(first.fit(head, true), true));
        assertEquals(first.fit(head, true), first.fit(second.fit(head, true), true));
    }
}

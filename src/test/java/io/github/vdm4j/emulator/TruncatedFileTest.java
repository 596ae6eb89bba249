package io.github.vdm4j.emulator;

import static io.github.vdm4j.emulator.DeviceClient.BLOCK_ON_FAULT;
import static io.github.vdm4j.emulator.DeviceClient.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.emulator.DeviceClient.Task;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A mapped file that another program truncates")
class TruncatedFileTest {
    private static final int SIZE = 4 * PAGE;
    private static final int MOVE = 3;

    @TempDir Path folder;
    private final DeviceClient client = new DeviceClient(new DeviceSettings());

    @AfterEach
    void closeClient() {
        client.close();
    }

    /** Returns a mapping whose last two pages are gone. */
    private MemorySegment truncated() throws IOException {
        try (var channel = FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment file = channel.map(MapMode.READ_WRITE, 0, SIZE, client.arena);
            channel.truncate(SIZE / 2);
            return file;
        }
    }

    @ParameterizedTest(name = "{1} bytes at {0} to the file: {2}, fault at {3}")
    @CsvSource({"true, 16384, 0x83, 8192", "false, 16384, 0x03, 8192",
        "true, 8193, 0x83, 8192", "false, 8193, 0x03, 8192", "true, 8192, 0x01, 0"})
    void recordReportsAPageFault(boolean writes, int bytes, String status, long fault)
            throws IOException {
        MemorySegment file = truncated();
        MemorySegment memory = client.noise(SIZE, 1);
        Task move = client.run(writes ? client.task(MOVE, memory, file, bytes)
                : client.task(MOVE, file, memory, bytes));
        assertEquals(Integer.decode(status), move.status());
        assertEquals(fault == 0 ? 0 : file.address() + fault, move.faultAddress());
    }

    @Test
    void blockedDescriptorGetsNoPage() throws IOException {
        var blocks = new DeviceClient(new DeviceSettings().queue(
                QueueSettings.shared(8).withBlockOnFault(true)));
        try (blocks) {
            Task move = blocks.task(MOVE, truncated(), blocks.noise(SIZE, 1), SIZE);
            assertEquals(Status.PAGE_REQUEST_FAILED,
                    blocks.run(move.flags(BLOCK_ON_FAULT)).status());
        }
    }

    @Test
    void nextDescriptorIsExecuted() throws IOException {
        MemorySegment memory = client.noise(SIZE, 1);
        MemorySegment copy = client.noise(SIZE, 2);
        client.run(client.task(MOVE, truncated(), copy, SIZE));
        assertEquals(Status.SUCCESS, client.run(client.task(MOVE, memory, copy, SIZE)).status());
        assertEquals(-1, memory.mismatch(copy));
    }
}

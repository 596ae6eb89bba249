package io.github.vdm4j.dax;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.vdm4j.buffer.OffHeapBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@OnDax
@DisplayName("After the power was cut")
class AfterTheCutOnDax {

    @ParameterizedTest(name = "{0}")
    @EnumSource(Movers.class)
    @DisplayName("every completed durable operation is in the file")
    void durableDataSurviveTheCut(Movers which) throws IOException {
        which.open().close(); // skips the test if the mover could not write
        for (CutFile file : CutFile.values()) {
            if (file != CutFile.DISK_FORGOTTEN) {
                assertArrayEquals(file.expected(which), Files.readAllBytes(file.path(which)),
                        file.name());
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Movers.class)
    @DisplayName("every completed durable operation is on the device DAX")
    void durableDataOnTheDeviceSurviveTheCut(Movers which) throws IOException {
        which.open().close(); // skips the test if the mover could not write
        try (OffHeapBuffer buffer = CutDevice.map(which)) {
            assertEquals(-1, buffer.segment().mismatch(CutDevice.expected(which)));
        }
    }

    @Test
    @DisplayName("bytes that were not durable are lost, so the power was cut")
    void otherDataAreLost() throws IOException {
        Path path = CutFile.DISK_FORGOTTEN.path(Movers.SYNC);
        byte[] expected = CutFile.DISK_FORGOTTEN.expected(Movers.SYNC);
        assertFalse(Files.exists(path) && Arrays.equals(expected, Files.readAllBytes(path)));
    }
}

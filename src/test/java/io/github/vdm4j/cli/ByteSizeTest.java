package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ByteSizeTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "4096, 4096", "64K, 65536", "64k, 65536", "1M, 1048576", "2G, 2147483648",
        "999999999G, 1073741822926258176"})
    void numberWithAUnitIsParsed(String text, long bytes) {
        assertEquals(bytes, ByteSize.parse(text).bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "K", "-1", "1.5M", "1KB", "1T", "0x10", "1 M", "1000000000"})
    void otherTextIsRefused(String text) {
        assertThrows(TypeConversionException.class, () -> ByteSize.parse(text));
    }

    @Property
    void textIsParsedToTheSameSize(@ForAll @LongRange(max = 999_999_999) long bytes) {
        assertEquals(bytes, ByteSize.parse(new ByteSize(bytes).toString()).bytes());
    }
}
